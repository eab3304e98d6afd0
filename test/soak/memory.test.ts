// Promised    : an output of any length costs the host the rings and a bounded rest.
// Not promised: this of output that somebody collects; and without an engine, when it is collected: each chunk is garbage of
//               Node's streams then, and V8 by itself lets some 35 MiB of it come together. So it is made to collect.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { forEachBackend, isLong } from '../conformance/describe-backend.js';
import { patternMismatch } from '../programs/pattern.js';

const MIB = 1024 * 1024;
const SIZE = (isLong ? 1024 : 256) * MIB;
const RING_BYTES = MIB;
const ALLOWED_BYTES = 20 * MIB;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

forEachBackend((scene) => {
  it(`OUT-03: takes ${String(SIZE / MIB)} MiB of output in bounded memory`, async () => {
    await scene.run('flood', [String(4 * MIB)], { maxOutputBytes: RING_BYTES });
    collectGarbage();
    const before = process.memoryUsage.rss();
    let peak = before;
    const sampling = setInterval(() => {
      if (!scene.hasEngine) collectGarbage();
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 20);
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
