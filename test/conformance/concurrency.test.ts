// Promised    : runs side by side do not mix, starve or leave anything behind.
// Not promised: the order in which they start.
import { expect, it } from 'vitest';
import { patternText } from '../programs/pattern.js';
import { zombiesOf } from '../programs/oracle.js';
import { forEachBackend, isLong } from './describe-backend.js';
import { blockEventLoop } from './scene.js';

const MANY = isLong ? 500 : 150;

forEachBackend((scene) => {
  it('CON-05: gives every one of many runs its own output and exit code', async () => {
    const results = await Promise.all(
      Array.from({ length: MANY }, async (_, index) => ({
        index,
        echoed: await scene.run('args', [`run ${String(index)}`]),
        ended: await scene.run('exit-by', ['code', String(index % 256)]),
      })),
    );
    for (const { index, echoed, ended } of results) {
      expect(echoed.stdout).toBe(`run ${String(index)}\0`);
      expect(ended.outcome).toEqual({ kind: 'exited', exitCode: index % 256 });
    }
    expect(new Set(results.flatMap(({ echoed, ended }) => [echoed.id, ended.id])).size).toBe(2 * MANY);
  });

  it('reads many floods at the same time', async () => {
    const size = 300_000;
    const results = await Promise.all(Array.from({ length: 16 }, () => scene.run('flood', [String(size), 'both'])));
    const expected = patternText(0, size);
    expect(results.every(({ stdout, stderr }) => stdout === expected && stderr === expected)).toBe(true);
  });

  it('EXE-13: leaves no zombie after 100 runs', async () => {
    for (let done = 0; done < 100; done++) expect((await scene.run('args')).success).toBe(true);
    expect(zombiesOf(process.pid)).toEqual([]);
  });

  it('does not let long runs keep short ones from starting', async () => {
    const long = await Promise.all(Array.from({ length: 40 }, () => scene.startReady('wait')));
    expect((await scene.run('args', ['through'])).stdout).toBe('through\0');
    expect(scene.members()).toHaveLength(40);
    for (const handle of long) handle.kill();
  });

  it('CON-02: starts everything in the end when more is asked for than runs at once', async () => {
    const results = await Promise.all(Array.from({ length: 200 }, () => scene.run('sleep', ['10'])));
    expect(results.filter((result) => !result.success)).toEqual([]);
  });

  it('lets the event loop turn however fast results follow one another', async () => {
    const lanes = 8;
    let sinceTurn = 0;
    let most = 0;
    let look = setImmediate(function lookAgain() {
      sinceTurn = 0;
      look = setImmediate(lookAgain);
    });
    async function runOneAfterAnother(): Promise<void> {
      for (let done = 0; done < 20; done++) {
        await scene.run('args');
        most = Math.max(most, ++sinceTurn);
        // Long enough for the results of others to come, so that there is always one waiting.
        blockEventLoop(5);
      }
    }
    await Promise.all(Array.from({ length: lanes }, runOneAfterAnother));
    clearImmediate(look);
    // A turn tells of all that has ended, and once more of what ended meanwhile.
    expect(most).toBeLessThanOrEqual(2 * lanes);
  });

  it('EXE-13: gets along with children of node:child_process', async () => {
    const { spawn } = await import('node:child_process');
    const codes = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const foreign = new Promise<number | null>((resolve) => {
          spawn(scene.probe, ['exit-by', 'code', String(index)], { stdio: 'ignore' }).on('exit', resolve);
        });
        const own = scene.run('exit-by', ['code', String(100 + index)]);
        return [await foreign, (await own).exitCode];
      }),
    );
    expect(codes).toEqual(Array.from({ length: 20 }, (_, index) => [index, 100 + index]));
  });
});
