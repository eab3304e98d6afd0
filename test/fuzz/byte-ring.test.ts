// Promised    : the ring of the fallback keeps what the model keeps, whatever the chunks, the capacity and the cursors.
// Not promised: how much one read gives; only that it goes on and says what is missing.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteRing } from '../../src/core/byte-ring.js';
import { patternBytes } from '../programs/pattern.js';
import { chunksOf, keptOf } from './arbitraries.js';

/** Everything a ring gives from `cursor` on, by reads of at most `size` bytes. */
function readAll(ring: ByteRing, cursor: number, size: number): { bytes: Buffer; dropped: number } {
  const pieces: Buffer[] = [];
  let dropped = 0;
  for (let at = cursor; at < ring.end;) {
    const into = new Uint8Array(size);
    const read = ring.readAt(at, into);
    expect(read.next).toBe(at + read.dropped + read.count);
    expect(read.next).toBeGreaterThan(at);
    // Bytes of one read lie side by side; what is missing is missing before them.
    expect(into.subarray(0, read.count)).toEqual(patternBytes(read.next - read.count, read.next));
    pieces.push(Buffer.from(into.subarray(0, read.count)));
    dropped += read.dropped;
    at = read.next;
  }
  return { bytes: Buffer.concat(pieces), dropped };
}

const capacity = fc.integer({ min: 4, max: 64 });
const length = fc.integer({ min: 0, max: 300 });

function fill(ring: ByteRing, bytes: Uint8Array, seed: number, largest: number): void {
  for (const chunk of chunksOf(bytes, seed, largest)) ring.append(chunk);
}

it('keeps head and tail with exact counts', () => {
  fc.assert(
    fc.property(capacity, length, fc.integer(), fc.integer({ min: 1, max: 200 }), (size, end, seed, largest) => {
      const bytes = patternBytes(0, end);
      const ring = new ByteRing(size, Math.floor(size / 4));
      fill(ring, bytes, seed, largest);
      const { head, tail } = keptOf(bytes, size);
      const read = readAll(ring, 0, 7);
      expect(ring.end).toBe(end);
      expect(ring.kept).toBe(head.length + tail.length);
      expect(read.bytes.equals(Buffer.concat([head, tail]))).toBe(true);
      expect(read.dropped).toBe(end - ring.kept);
    }),
    { numRuns: 2000 },
  );
});

it('reads from any cursor between any two chunks', () => {
  fc.assert(
    fc.property(
      capacity,
      length,
      fc.integer(),
      fc.nat(),
      fc.integer({ min: 1, max: 90 }),
      (size, end, seed, start, step) => {
        const ring = new ByteRing(size, Math.floor(size / 4));
        for (const chunk of chunksOf(patternBytes(0, end), seed, 40)) {
          ring.append(chunk);
          const cursor = start % ring.end;
          const { bytes, dropped } = readAll(ring, cursor, step);
          expect(bytes.length + dropped).toBe(ring.end - cursor);
        }
      },
    ),
    { numRuns: 500 },
  );
});

it('is the same after it was copied to another thread', () => {
  fc.assert(
    fc.property(capacity, length, length, fc.integer(), (size, end, more, seed) => {
      const ring = new ByteRing(size, Math.floor(size / 4));
      fill(ring, patternBytes(0, end), seed, 30);
      const copy = ByteRing.restore(ring.contents());
      for (const each of [ring, copy]) fill(each, patternBytes(end, end + more), seed, 30);
      expect(copy.contents()).toEqual(ring.contents());
    }),
    { numRuns: 1000 },
  );
});
