// Promised    : failures of real commands get the category of what happened to them, on every backend.
// Not promised: words; what a tool prints is the matter of the unit tests.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunOptions } from '../../src/index.js';
import { classifyResult } from '../../src/failure/classify.js';
import { retry } from '../../src/failure/retry.js';
import { forEachBackend } from './describe-backend.js';

forEachBackend((scene) => {
  const script = (name: string, text: string, mode: number): string => {
    const file = join(scene.directory, name);
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };
  const verdictOf = async (file: string, args: readonly string[] = [], options: RunOptions = {}): Promise<string> => {
    const failure = classifyResult(await scene.runner.run(file, args, options));
    return failure === null ? 'success' : `${failure.category}/${failure.subcode} ${failure.certainty}`;
  };

  it('FAIL-08: tells a missing executable, interpreter and working directory apart', async () => {
    const orphan = script('orphan', '#!/no/such/interpreter\n', 0o755);
    expect(await verdictOf('no-such-program')).toBe('missing_executable/executable_not_found certain');
    expect(await verdictOf(orphan)).toBe('shell_environment/bad_interpreter certain');
    const cwd = join(scene.directory, 'missing');
    expect(await verdictOf('true', [], { cwd })).toBe('working_directory/missing_directory certain');
  });

  it('FAIL-09: reads exit codes and signals', async () => {
    const plain = script('plain', 'text\n', 0o644);
    expect(await verdictOf(plain)).toBe('permission_lock/missing_exec_bit certain');
    expect(await verdictOf('true')).toBe('success');
    expect(await verdictOf('sh', ['-c', 'exit 3'])).toBe('command_failed/non_zero_exit likely');
    expect(await verdictOf('sh', ['-c', 'kill -SEGV $$'])).toBe('process_crash/fatal_signal certain');
    expect(await verdictOf('sh', ['-c', 'kill -KILL $$'])).toBe('resource_exhausted/out_of_memory suspected');
  });

  it('FAIL-03: what the runner did decides, whatever was printed', async () => {
    const talks = ['-c', 'echo "connect ECONNREFUSED" >&2; exec sleep 60'];
    expect(await verdictOf('sh', talks, { timeoutMs: 200, graceMs: 0 })).toBe('timeout/run_timeout certain');
    expect(await verdictOf('sh', talks, { signal: AbortSignal.abort() })).toBe('cancelled/cancelled_by_caller certain');
    const floods = ['-c', 'echo "Permission denied" >&2; exec yes'];
    expect(await verdictOf('sh', floods, { maxOutputBytes: 4096, onOverflow: 'kill' })).toBe(
      'output_overflow/output_limit certain',
    );
  });

  it('FAIL-07: arguments that the system does not take are seen at the start', async () => {
    expect(await verdictOf('true', ['x'.repeat(4_000_000)])).toBe('argv_too_long/arguments_too_long certain');
  });

  it('FAIL-11: retries a lock until it is let go', async () => {
    const lock = script('lock', '', 0o644);
    const take = script(
      'take',
      'test -e "$1" || exit 0; rm "$1"; echo "x: Device or resource busy" >&2; exit 1\n',
      0o644,
    );
    const { ended, attempts } = await retry(() => scene.runner.run('sh', [take, lock]), {
      idempotent: true,
      delayMs: 1,
    });
    expect({ ended, number: attempts.length }).toEqual({ ended: 'succeeded', number: 2 });
  });
});
