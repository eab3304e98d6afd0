// Promised    : an output of any length costs the host the rings and a bounded rest.
// Not promised: this of output that somebody collects; and without an engine, of a host that reads for the first time: each
//               chunk is garbage of Node's streams then, and the collector lets the first flood grow the heap to its size.
import { expect, it } from 'vitest';
import { forEachBackend, isLong } from '../conformance/describe-backend.js';
import { patternMismatch } from '../programs/pattern.js';

const MIB = 1024 * 1024;
const SIZE = (isLong ? 1024 : 256) * MIB;
const RING_BYTES = MIB;
const ALLOWED_BYTES = 20 * MIB;

forEachBackend((scene) => {
  it(`OUT-03: takes ${String(SIZE / MIB)} MiB of output in bounded memory`, async () => {
    await scene.run('flood', [String((scene.hasEngine ? 4 : 128) * MIB)], { maxOutputBytes: RING_BYTES });
    const before = process.memoryUsage.rss();
    let peak = before;
    const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
    const result = await scene.runner.run(scene.probe, ['flood', String(SIZE)], {
      maxOutputBytes: RING_BYTES,
      encoding: 'buffer',
    });
    clearInterval(sampling);
    expect(result.output.stdout).toMatchObject({ totalBytes: SIZE, keptBytes: RING_BYTES });
    expect(patternMismatch(result.stdout.subarray(0, RING_BYTES / 4), 0)).toBeUndefined();
    expect(patternMismatch(result.stdout.subarray(RING_BYTES / 4), SIZE - (RING_BYTES * 3) / 4)).toBeUndefined();
    expect(peak - before, `grown by ${String((peak - before) / MIB)} MiB`).toBeLessThan(ALLOWED_BYTES + RING_BYTES);
  });
});
