// Promised    : with a listener that does not lose anything, a child that writes faster than its lines are taken waits in
//               the kernel, holding a bounded amount.
// Not promised: how much the pipe itself holds.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { forEachBackend } from '../../conformance/describe-backend.js';
import { eventually } from '../../conformance/eventually.js';

const MIB = 1024 * 1024;

/** Bytes that a process has passed to `write`. */
function writtenBy(pid: number): number {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${String(pid)}/io`, 'utf8'))?.[1]);
}

forEachBackend((scene) => {
  it('stops a flood from being written while nobody takes its lines', async () => {
    if (!scene.capabilities.blockFlow) return;
    const handle = scene.start('flood', [String(256 * MIB)], { maxOutputBytes: 256 * 1024 });
    const iterator = handle.lines();
    await iterator.next();
    const pid = await eventually(
      () => handle.pid,
      () => 'a pid',
    );
    let last = -1;
    let unchanged = 0;
    const written = await eventually(
      () => {
        const now = writtenBy(pid);
        unchanged = now === last ? unchanged + 1 : 0;
        last = now;
        return unchanged > 20 ? now : undefined;
      },
      () => `a child that waits; it has written ${String(last)} bytes`,
    );
    expect(written).toBeLessThan(16 * MIB);
    await iterator.return?.();
    expect((await handle.result).outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled' });
  });
});
