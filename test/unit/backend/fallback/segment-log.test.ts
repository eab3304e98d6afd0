import { describe, expect, it } from 'vitest';
import { SEGMENT_LOG_ENTRIES } from '../../../../src/backend/fallback/limits.js';
import { SegmentLog } from '../../../../src/backend/fallback/segment-log.js';

describe('SegmentLog', () => {
  it('keeps the order of arrival', () => {
    const log = new SegmentLog();
    log.append('stdout', 0, 3, 1000);
    log.append('stderr', 0, 2, 1000);
    log.append('stdout', 3, 1, 1000);
    expect(log.read(0)).toEqual({
      segments: [
        { stream: 'stdout', offset: 0, length: 3, timestampMs: 1000 },
        { stream: 'stderr', offset: 0, length: 2, timestampMs: 1000 },
        { stream: 'stdout', offset: 3, length: 1, timestampMs: 1000 },
      ],
      next: 3,
      missed: 0,
    });
  });

  it('extends the newest segment within its span, and not after it or when the clock was set back', () => {
    const log = new SegmentLog();
    log.append('stdout', 0, 3, 1000);
    log.append('stdout', 3, 4, 1000.5);
    log.append('stdout', 7, 1, 1001);
    log.append('stdout', 8, 1, 900);
    expect(log.read(0).segments.map(({ offset, length }) => [offset, length])).toEqual([
      [0, 7],
      [7, 1],
      [8, 1],
    ]);
  });

  it('never extends what a reader has seen', () => {
    const log = new SegmentLog();
    log.append('stdout', 0, 3, 1000);
    const { next } = log.read(0);
    log.append('stdout', 3, 2, 1000);
    expect(log.read(next).segments).toEqual([{ stream: 'stdout', offset: 3, length: 2, timestampMs: 1000 }]);
  });

  it('overwrites the oldest and counts what a reader missed', () => {
    const log = new SegmentLog();
    const extra = 5;
    for (let index = 0; index < SEGMENT_LOG_ENTRIES + extra; index += 1) log.append('stdout', index, 1, index * 10);
    const { segments, next, missed } = log.read(2);
    expect(missed).toBe(extra - 2);
    expect(segments).toHaveLength(SEGMENT_LOG_ENTRIES);
    expect(segments[0]?.offset).toBe(extra);
    expect(segments.at(-1)?.offset).toBe(SEGMENT_LOG_ENTRIES + extra - 1);
    expect(next).toBe(SEGMENT_LOG_ENTRIES + extra);
    expect(log.read(next)).toEqual({ segments: [], next, missed: 0 });
  });
});
