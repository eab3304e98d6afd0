// Promised    : the log of arrivals covers every byte once and in order, as far as it was not overwritten, and says how many
//               segments were.
// Not promised: where one segment ends and the next begins.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SEGMENT_LOG_ENTRIES } from '../../src/backend/fallback/limits.js';
import { SegmentLog } from '../../src/backend/fallback/segment-log.js';

const arrival = fc.record({
  stream: fc.constantFrom('stdout' as const, 'stderr' as const),
  length: fc.integer({ min: 1, max: 100 }),
  afterMs: fc.integer({ min: -5, max: 50 }),
  isRead: fc.boolean(),
});

it('covers every byte once and in order', () => {
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 200 }), (arrivals) => {
      const log = new SegmentLog();
      const ends = { stdout: 0, stderr: 0 };
      const seen = { stdout: 0, stderr: 0 };
      let cursor = 0;
      let now = 1000;
      const readOn = (): void => {
        const { segments, next, missed } = log.read(cursor);
        expect(missed).toBe(0);
        for (const { stream, offset, length } of segments) {
          expect(offset).toBe(seen[stream]);
          seen[stream] += length;
        }
        expect(seen).toEqual(ends);
        cursor = next;
      };
      for (const { stream, length, afterMs, isRead } of arrivals) {
        now += afterMs;
        log.append(stream, ends[stream], length, now);
        ends[stream] += length;
        if (isRead) readOn();
      }
      readOn();
    }),
    { numRuns: 500 },
  );
});

it('says how many segments it had to overwrite', () => {
  const log = new SegmentLog();
  const extra = 10;
  for (let index = 0; index < SEGMENT_LOG_ENTRIES + extra; index++) {
    log.append(index % 2 === 0 ? 'stdout' : 'stderr', Math.floor(index / 2), 1, index);
  }
  const { segments, next, missed } = log.read(0);
  expect({ kept: segments.length, next, missed }).toEqual({
    kept: SEGMENT_LOG_ENTRIES,
    next: SEGMENT_LOG_ENTRIES + extra,
    missed: extra,
  });
  expect(segments[0]).toMatchObject({ offset: extra / 2 });
});
