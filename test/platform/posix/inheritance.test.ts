// Promised    : a child gets descriptors 0, 1 and 2 and none of other runs, an empty signal mask and default dispositions, whatever
//               its host was given.
// Not promised: without an engine, that descriptors do not pass which were open for inheritance when the host started;
//               what passes there is what passes to any child of the host.
import { execFileSync } from 'node:child_process';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { forEachBackend } from '../../conformance/describe-backend.js';
import type { BackendScene } from '../../conformance/scene.js';
import { Host } from '../../programs/host.js';

const { SIGUSR1, SIGUSR2, SIGTERM } = constants.signals;

/** The lines `SigBlk`, `SigIgn` and `SigCgt` of /proc/self/status, as numbers. */
function signalSets(status: string): Record<string, bigint> {
  const sets = [...status.matchAll(/^(Sig(?:Blk|Ign|Cgt)):\s*([0-9a-f]+)$/gm)];
  return Object.fromEntries(sets.map(([, name = '', mask = '0']) => [name, BigInt(`0x${mask}`)]));
}

/** The descriptors that a child of this host may have: three, and without an engine those that any child of it gets. */
function allowedDescriptors(scene: BackendScene): number[] {
  if (scene.hasEngine) return [0, 1, 2];
  return descriptorNumbers(execFileSync(scene.probe, ['fds'], { encoding: 'utf8' }));
}

function descriptorNumbers(lines: string): number[] {
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => Number(line.split(' ')[0]));
}

forEachBackend((scene) => {
  /** What the child of a host prints that was started with these gifts. */
  async function relayed(role: string, gifts: readonly string[]): Promise<string> {
    const native = scene.hasEngine ? 'require' : 'off';
    const launcher = [scene.probe, 'become', ...gifts, '--'];
    const host = new Host('relay', { native, args: [scene.probe, role], launcher });
    try {
      const ending = await host.ending();
      expect(ending).toMatchObject({ code: 0, stderr: '' });
      return ending.stdout;
    } finally {
      await host.close();
    }
  }

  describe('EXE-04: descriptors', () => {
    it('are 0, 1 and 2', async () => {
      expect(descriptorNumbers((await scene.run('fds')).stdout)).toEqual(allowedDescriptors(scene));
    });

    it.each(['pipe', 'inherit', 'ignore'] as const)('are 0, 1 and 2 with stdin %s', async (stdin) => {
      const handle = scene.start('fds', [], { stdin });
      expect(descriptorNumbers((await handle.result).stdout)).toEqual(allowedDescriptors(scene));
    });

    it('are 0, 1 and 2 while many other runs have theirs open', async () => {
      const others = await Promise.all(
        Array.from({ length: 10 }, () => scene.startReady('wait', [], { stdin: 'pipe' })),
      );
      const results = await Promise.all(Array.from({ length: 20 }, () => scene.run('fds')));
      const allowed = allowedDescriptors(scene);
      for (const { stdout } of results) expect(descriptorNumbers(stdout)).toEqual(allowed);
      for (const other of others) other.kill();
    });

    it('are 0, 1 and 2 when the host has one that was made to be inherited', async () => {
      const numbers = descriptorNumbers(await relayed('fds', ['fd=63', 'fd=200']));
      if (scene.hasEngine) expect(numbers).toEqual([0, 1, 2]);
      else expect(numbers).toEqual(expect.arrayContaining([0, 1, 2]));
    });

    it('OUT-10: lead to nothing where a stream is ignored', async () => {
      const { stdout } = await scene.run('fds', [], { stderr: 'ignore' });
      expect(stdout).toMatch(/^0 \/dev\/null\n1 .*\n2 \/dev\/null\n/);
    });
  });

  describe('EXE-04: signals', () => {
    it('are neither blocked nor ignored, though the host ignores SIGPIPE', async () => {
      expect(signalSets((await scene.run('signals')).stdout)).toEqual({ SigBlk: 0n, SigIgn: 0n, SigCgt: 0n });
    });

    it('are neither blocked nor ignored when the host was started that way', async () => {
      const gifts = [`ignore=${String(SIGUSR1)}`, `block=${String(SIGUSR2)}`, `block=${String(SIGTERM)}`];
      expect(signalSets(await relayed('signals', gifts))).toEqual({ SigBlk: 0n, SigIgn: 0n, SigCgt: 0n });
    });
  });
});
