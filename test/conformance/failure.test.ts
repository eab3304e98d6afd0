// Promised    : failures of real commands get the category of what happened to them, on every backend.
// Not promised: words; what a tool prints is the matter of the unit tests.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunOptions } from '../../src/index.js';
import { classifyResult } from '../../src/failure/classify.js';
import { retry } from '../../src/failure/retry.js';
import { forEachBackend } from './describe-backend.js';
import { START_MS } from './scene.js';

forEachBackend((scene) => {
  const script = (name: string, text: string, mode: number): string => {
    const file = join(scene.directory, name);
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };
  const verdictOf = async (file: string, args: readonly string[] = [], options: RunOptions = {}): Promise<string> => {
    const result = await scene.runner.run(file, args, options);
    const failure = classifyResult(result);
    if (failure === null) return 'success';
    const verdict = `${failure.category}/${failure.subcode} ${failure.certainty}`;
    // What nobody here expects: the whole of it, to be understood from a log.
    return failure.category === 'unknown' ? `${verdict}: ${JSON.stringify(result)}` : verdict;
  };

  /** Runs lines of JavaScript. */
  const node = (lines: string, options?: RunOptions): Promise<string> =>
    verdictOf(process.execPath, ['-e', lines], options);

  it('FAIL-08: tells a missing executable and working directory apart', async () => {
    expect(await verdictOf('no-such-program')).toBe('missing_executable/executable_not_found certain');
    const cwd = join(scene.directory, 'missing');
    expect(await verdictOf(scene.probe, ['args'], { cwd })).toBe('working_directory/missing_directory certain');
  });

  it('FAIL-08: tells a missing interpreter', async () => {
    const orphan = script('orphan', '#!/no/such/interpreter\n', 0o755);
    expect(await verdictOf(orphan)).toBe('shell_environment/bad_interpreter certain');
  });

  it('FAIL-09: reads exit codes', async () => {
    expect(await verdictOf(scene.probe, ['args'])).toBe('success');
    expect(await verdictOf(scene.probe, ['exit-by', 'code', '3'])).toBe('command_failed/non_zero_exit likely');
  });

  it('FAIL-09: tells a file that may not be executed', async () => {
    const plain = script('plain', 'text\n', 0o644);
    expect(await verdictOf(plain)).toBe('permission_lock/missing_exec_bit certain');
  });

  it('FAIL-09: reads signals', async () => {
    expect(await verdictOf(scene.probe, ['exit-by', 'signal', '11'])).toBe('process_crash/fatal_signal certain');
    expect(await verdictOf(scene.probe, ['exit-by', 'signal', '9'])).toBe('resource_exhausted/out_of_memory suspected');
  });

  it('FAIL-03: what the runner did decides, whatever was printed', async () => {
    const talks = 'console.error("connect ECONNREFUSED"); setTimeout(() => {}, 60_000)';
    const timeoutMs = 2 * START_MS;
    expect(await node(talks, { timeoutMs, graceMs: 0 })).toBe('timeout/run_timeout certain');
    expect(await node(talks, { signal: AbortSignal.abort() })).toBe('cancelled/cancelled_by_caller certain');
    const floods = 'console.error("Permission denied"); setInterval(() => process.stdout.write("y".repeat(4097)))';
    expect(await node(floods, { maxOutputBytes: 4096, onOverflow: 'kill' })).toBe(
      'output_overflow/output_limit certain',
    );
  });

  it('FAIL-07: arguments that the system does not take are seen at the start', async () => {
    expect(await verdictOf(scene.probe, ['args', 'x'.repeat(4_000_000)])).toBe(
      'argv_too_long/arguments_too_long certain',
    );
  });

  it('FAIL-11: retries a lock until it is let go', async () => {
    const lock = script('lock', '', 0o644);
    const take = `if (fs.existsSync(process.argv[1])) {
      fs.rmSync(process.argv[1]);
      console.error('x: Device or resource busy');
      process.exitCode = 1;
    }`;
    const { ended, attempts } = await retry(() => scene.runner.run(process.execPath, ['-e', take, lock]), {
      idempotent: true,
      delayMs: 1,
    });
    expect({ ended, number: attempts.length }).toEqual({ ended: 'succeeded', number: 2 });
  });
});
