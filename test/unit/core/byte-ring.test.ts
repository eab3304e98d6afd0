import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteRing } from '../../../src/core/byte-ring.js';

/** Capacities of a ring: of the whole and of its head. */
type Shape = readonly [capacity: number, head: number];

/** Keeps everything and says by the definition what a ring of this shape has kept. */
class ModelRing {
  readonly #capacity: number;
  readonly #headEnd: number;
  readonly #bytes: number[] = [];

  constructor([capacity, head]: Shape) {
    this.#capacity = capacity;
    this.#headEnd = head;
  }

  append(chunk: Uint8Array): void {
    this.#bytes.push(...chunk);
  }

  get end(): number {
    return this.#bytes.length;
  }

  isKept(position: number): boolean {
    return position < this.#headEnd || position >= this.end - (this.#capacity - this.#headEnd);
  }

  get kept(): number {
    return this.#bytes.filter((_byte, position) => this.isKept(position)).length;
  }

  readAt(cursor: number, size: number): { bytes: number[]; next: number; dropped: number } {
    if (cursor >= this.end) return { bytes: [], next: this.end, dropped: 0 };
    let from = cursor;
    while (from < this.end && !this.isKept(from)) from += 1;
    let next = from;
    while (next < this.end && next - from < size && this.isKept(next)) next += 1;
    return { bytes: this.#bytes.slice(from, next), next, dropped: from - cursor };
  }
}

const capacities: fc.Arbitrary<Shape> = fc
  .integer({ min: 1, max: 64 })
  .chain((capacity) => fc.tuple(fc.constant(capacity), fc.nat(capacity - 1)));
const chunks = fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 12 });

function fill(capacity: Shape, parts: readonly Uint8Array[]): { ring: ByteRing; model: ModelRing } {
  const ring = new ByteRing(...capacity);
  const model = new ModelRing(capacity);
  for (const part of parts) {
    ring.append(part);
    model.append(part);
  }
  return { ring, model };
}

describe('ByteRing', () => {
  it('keeps and counts what its definition says, for any chunks and any read', () => {
    fc.assert(
      fc.property(capacities, chunks, fc.nat(400), fc.nat(80), (capacity, parts, cursor, size) => {
        const { ring, model } = fill(capacity, parts);
        expect(ring.end).toBe(model.end);
        expect(ring.kept).toBe(model.kept);
        const into = new Uint8Array(size);
        const { count, next, dropped } = ring.readAt(cursor, into);
        expect({ bytes: [...into.subarray(0, count)], next, dropped }).toEqual(model.readAt(cursor, size));
      }),
    );
  });

  it('accounts for every byte to a reader that follows its cursor', () => {
    fc.assert(
      fc.property(capacities, chunks, fc.integer({ min: 1, max: 40 }), (capacity, parts, size) => {
        const { ring } = fill(capacity, parts);
        const into = new Uint8Array(size);
        let cursor = 0;
        let counted = 0;
        while (cursor < ring.end) {
          const { count, next, dropped } = ring.readAt(cursor, into);
          expect(next).toBe(cursor + dropped + count);
          counted += count + dropped;
          cursor = next;
        }
        expect(counted).toBe(ring.end);
      }),
    );
  });

  it('is the same ring after its contents have crossed to another thread', () => {
    fc.assert(
      fc.property(
        capacities,
        chunks,
        fc.nat(400),
        fc.uint8Array({ maxLength: 60 }),
        (capacity, parts, cursor, more) => {
          const { ring, model } = fill(capacity, parts);
          const restored = ByteRing.restore(structuredClone(ring.contents()));
          restored.append(more);
          model.append(more);
          const into = new Uint8Array(500);
          const { count, next, dropped } = restored.readAt(cursor, into);
          expect({ bytes: [...into.subarray(0, count)], next, dropped }).toEqual(model.readAt(cursor, into.length));
          expect(restored.kept).toBe(model.kept);
        },
      ),
    );
  });

  it('copies what it is given', () => {
    const ring = new ByteRing(16, 4);
    const chunk = Uint8Array.of(1, 2, 3);
    ring.append(chunk);
    chunk.fill(9);
    const into = new Uint8Array(3);
    ring.readAt(0, into);
    expect([...into]).toEqual([1, 2, 3]);
  });
});
