// Promised    : whatever a child writes and however it is cut into writes, what is kept is the head and the tail of it, the
//               counts are exact, and the text has no half characters that the bytes had whole.
// Not promised: how many reads it takes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { forEachBackend, isLong } from '../conformance/describe-backend.js';
import { keptOf, streamBytes } from './arbitraries.js';

const numRuns = isLong ? 1000 : 60;
const limit = fc.integer({ min: 1024, max: 6000 });
const repeated = fc.tuple(streamBytes, fc.integer({ min: 1, max: 60 }));

forEachBackend((scene) => {
  function file(bytes: Uint8Array): string {
    const path = join(scene.directory, 'bytes');
    writeFileSync(path, bytes);
    return path;
  }

  it('keeps what the model keeps', async () => {
    const property = fc.asyncProperty(
      repeated,
      limit,
      fc.integer({ min: 1, max: 5000 }),
      fc.nat(),
      async ([part, times], maxOutputBytes, largestWrite, seed) => {
        const bytes = Buffer.concat(Array.from({ length: times }, () => part));
        const args = ['replay', file(bytes), String(largestWrite), String(seed)];
        const result = await scene.runner.run(scene.probe, args, { maxOutputBytes, encoding: 'buffer' });
        const { head, tail } = keptOf(bytes, maxOutputBytes);
        expect(Buffer.from(result.stdout).equals(Buffer.concat([head, tail]))).toBe(true);
        expect(result.output.stdout).toMatchObject({
          totalBytes: bytes.length,
          keptBytes: head.length + tail.length,
          droppedBytes: Math.max(0, bytes.length - maxOutputBytes),
          truncated: bytes.length > maxOutputBytes,
        });
      },
    );
    await fc.assert(property, { numRuns });
  });

  it('makes text of whole characters', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 50, maxLength: 400 });
    const property = fc.asyncProperty(text, limit, fc.nat(), async (part, maxOutputBytes, seed) => {
      const whole = part.repeat(30);
      const { stdout } = await scene.runner.run(
        scene.probe,
        ['replay', file(Buffer.from(whole)), '700', String(seed)],
        {
          maxOutputBytes,
        },
      );
      const [head = '', tail = ''] = stdout.split(/\n\[OUTPUT TRUNCATED: \d+ bytes dropped\]\n/);
      expect(stdout.includes('\uFFFD')).toBe(whole.includes('\uFFFD'));
      expect(whole.startsWith(head) && whole.endsWith(tail)).toBe(true);
    });
    await fc.assert(property, { numRuns });
  });

  it('gives by cursor what was kept, piece by piece', async () => {
    const property = fc.asyncProperty(repeated, limit, fc.nat(), async ([part, times], maxOutputBytes, start) => {
      const bytes = Buffer.concat(Array.from({ length: times }, () => part));
      const handle = scene.runner.start(scene.probe, ['replay', file(bytes), '900', '5'], { maxOutputBytes });
      await handle.result;
      let cursor = bytes.length === 0 ? 0 : start % bytes.length;
      for (let isAtEnd = false; !isAtEnd;) {
        const { bytes: piece, next, dropped, end } = handle.read('stdout', cursor);
        expect(next).toBe(cursor + dropped + piece.length);
        expect(Buffer.from(piece).equals(bytes.subarray(cursor + dropped, next))).toBe(true);
        expect(piece.length > 0 || end).toBe(true);
        cursor = next;
        isAtEnd = end;
      }
      expect(cursor).toBe(bytes.length);
      await handle.dispose();
    });
    await fc.assert(property, { numRuns });
  });
});
