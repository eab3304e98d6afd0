import { getEventListeners } from 'node:events';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  CommandFailedError,
  CommandValidationError,
  RunAbortedError,
  WorkingDirectoryError,
} from '../../../src/core/errors.js';
import type { RunOptions } from '../../../src/core/run-options.js';
import type { RunResult } from '../../../src/core/run-result.js';
import type { RunHandle, Runner } from '../../../src/runner/runner.js';
import { CONFIRMED } from '../../doubles/memory-backend.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';

describe('run', () => {
  it('resolves with what the backend reported', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('git', ['status'], { cwd: '/repo' });
    backend.last.start(42).write('stdout', 'clean\n');
    backend.clock.advance(1500);
    backend.last.exit(0, { pid: 42 });
    expect(await running).toMatchObject({
      ...{ id: 'exec-1', command: { file: 'git', args: ['status'], cwd: '/repo' }, pid: 42 },
      ...{ outcome: { kind: 'exited', exitCode: 0 }, success: true, exitCode: 0, signal: null, reason: null },
      ...{ timedOut: false, cancelled: false, stdout: 'clean\n', stderr: '', durationMs: 1500 },
      ...{ startTime: '2024-01-01T00:00:00.000Z', endTime: '2024-01-01T00:00:01.500Z' },
      ...{ backend: 'native', containment: 'group', cleanup: CONFIRMED },
    });
  });

  it('asks the backend for what the options say', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('git', ['log'], {
      env: { A: '1' },
      input: 'hi',
      onOverflow: 'kill',
      maxOutputBytes: 2048,
    });
    backend.last.exit(0);
    await running;
    expect(backend.last.spec).toEqual({
      ...{ file: 'git', args: ['log'], isVerbatim: false, cwd: undefined, stdout: 'capture', stderr: 'capture' },
      ...{ limits: {}, strictLimits: false },
      environment: { base: 'host', set: [['A', '1']], unset: [], withheld: [] },
      stdin: { kind: 'pipe', input: new Uint8Array([0x68, 0x69]), keepOpen: false },
      ...{ containment: 'group', containmentRequired: false, stragglers: 'kill' },
      ...{ ringBytes: 2048, headBytes: 512, outputLimitBytes: 2048, timeoutMs: 300_000, idleTimeoutMs: 0 },
      ...{ graceMs: 2000, drainMs: 500, stragglerGraceMs: 100, cleanupBudgetMs: 3000, holdsOutput: false },
    });
  });

  it('requires containment that is named', () => {
    const { runner, backend } = createMemoryScene();
    void runner.run('git', [], { containment: 'tree' });
    expect(backend.last.spec).toMatchObject({ containment: 'tree', containmentRequired: true });
  });

  it('costs a silent command no read, and releases it at once', async () => {
    const { runner, backend, liveRuns } = createMemoryScene();
    const running = runner.run('true');
    expect(liveRuns()).toBe(1);
    backend.last.start().exit(0);
    await running;
    expect(backend.reads).toBe(0);
    expect(backend.last.isReleased).toBe(true);
    expect(liveRuns()).toBe(0);
  });

  it.each([
    [100, 1],
    [5000, 2],
  ])('reads an output of %i bytes in %i calls', async (size, reads) => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('yes', [], { maxOutputBytes: 1024 });
    backend.last.start().write('stdout', 'y'.repeat(size)).exit(0);
    expect((await running).output.stdout.totalBytes).toBe(size);
    expect(backend.reads).toBe(reads);
  });

  it('keeps head and tail and says what is missing, in the text and in numbers', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('yes', [], { maxOutputBytes: 1024 });
    backend.last
      .start()
      .write('stdout', `${'h'.repeat(256)}${'m'.repeat(1000)}${'t'.repeat(768)}`)
      .exit(0);
    const { stdout, output } = await running;
    expect(stdout).toBe(`${'h'.repeat(256)}\n[OUTPUT TRUNCATED: 1000 bytes dropped]\n${'t'.repeat(768)}`);
    expect(output.stdout).toEqual({
      ...{ encoding: 'utf8', replacements: 0, binary: false },
      ...{ totalBytes: 2024, keptBytes: 1024, droppedBytes: 1000, truncated: true, complete: true, heldBy: [] },
    });
  });

  it('gives bytes, without a marker, with encoding buffer', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('yes', [], { maxOutputBytes: 1024, encoding: 'buffer' });
    backend.last.start().write('stdout', 'y'.repeat(5000)).write('stderr', 'e').exit(0);
    const result = await running;
    expect(result.stdout).toEqual(new Uint8Array(1024).fill(0x79));
    expect(result.combined()).toHaveLength(1025);
  });

  it('combines both streams in the order of arrival', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('make');
    backend.last.start().write('stdout', 'a').write('stderr', 'b').write('stdout', 'c').exit(0);
    expect((await running).combined()).toBe('abc');
  });

  it('RES-09: is plain frozen data', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('git');
    backend.last.start().write('stdout', 'x').write('stderr', 'y').exit(3);
    const result = await running;
    expect(Object.isFrozen(result)).toBe(true);
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ result: { stdout: 'x', stderr: 'y', exitCode: 3 } });
    expect({ ...result }).toMatchObject({ stdout: 'x' });
  });
});

describe('a call that is not valid', () => {
  it('rejects run and throws from start and runSync', async () => {
    const { runner, backend } = createMemoryScene();
    const invalid = { timeoutMs: -1 };
    await expect(runner.run('git', [], invalid)).rejects.toBeInstanceOf(CommandValidationError);
    expect(() => runner.start('git', [], invalid)).toThrow(CommandValidationError);
    expect(() => runner.runSync('git', [], invalid)).toThrow(CommandValidationError);
    expect(backend.launches).toEqual([]);
  });

  it('is a TypeError without a command', async () => {
    const { runner } = createMemoryScene();
    const nothing = null as unknown as string;
    await expect(runner.run(nothing)).rejects.toBeInstanceOf(TypeError);
    expect(() => runner.start(nothing)).toThrow(TypeError);
    expect(() => runner.runSync(nothing)).toThrow(TypeError);
  });

  it('includes a pipe that nobody could end', async () => {
    const { runner } = createMemoryScene();
    await expect(runner.run('cat', [], { stdin: 'pipe' })).rejects.toMatchObject({ property: 'stdin' });
    expect(() => runner.runSync('cat', [], { stdin: 'pipe' })).toThrow(CommandValidationError);
  });
});

describe('a launch that the system refuses', () => {
  it('is a result with code and exit code', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('nope');
    const failure = { operation: 'resolve', errno: 'ENOENT', subject: 'executable' } as const;
    backend.last.settle({ ending: 'not-started', status: null, failure, pid: undefined });
    expect(await running).toMatchObject({
      ...{ success: false, exitCode: 127, pid: null },
      outcome: { kind: 'not-started', error: { code: 'COMMAND_NOT_FOUND', missing: 'executable' } },
    });
  });

  it('is a rejection with reject: true, of its own class for a missing working directory', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('git', [], { cwd: '/nope', reject: true });
    const failure = { operation: 'chdir', errno: 'ENOENT', subject: 'cwd' } as const;
    backend.last.settle({ ending: 'not-started', status: null, failure });
    await expect(running).rejects.toBeInstanceOf(WorkingDirectoryError);
  });
});

describe('reject: true', () => {
  it('resolves for a success', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('git', [], { reject: true });
    backend.last.start().exit(0);
    expect((await running).success).toBe(true);
  });

  it.each([
    ['NON_ZERO_EXIT', { status: { code: 2 } }, 'git exited with code 2'],
    ['PROCESS_CRASHED', { status: { signal: 'SIGSEGV', coreDumped: false } }, 'git was ended by SIGSEGV'],
    ['TIMEOUT', { stop: { cause: 'timeout', manner: 'graceful' } }, 'git was stopped: timed out after 300000 ms'],
    ['OUTPUT_LIMIT', { stop: { cause: 'output-limit', manner: 'forced' } }, 'git was stopped: more than'],
    ['UNKNOWN', { ending: 'lost', status: null }, 'the exit status could not be read'],
  ] as const)('throws %s with the result', async (code, facts, message) => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('/usr/bin/git', [], { reject: true });
    backend.last.start().write('stdout', 'hunter2').settle(facts);
    const error = (await running.catch((reason: unknown) => reason)) as CommandFailedError;
    expect(error).toBeInstanceOf(CommandFailedError);
    expect(error).toMatchObject({ code, result: { stdout: 'hunter2' } });
    expect(error.message).toContain(message);
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });
});

describe('throwOnCancel: true', () => {
  it('CAN-04: rejects a cancelled run with an AbortError that has the result so far', async () => {
    const { runner, backend } = createMemoryScene();
    const controller = new AbortController();
    const running = runner.run('git', [], { signal: controller.signal, throwOnCancel: true });
    backend.last.start().write('stdout', 'so far');
    controller.abort('enough');
    backend.last.end({ signal: 'SIGTERM', coreDumped: false });
    await expect(running).rejects.toBeInstanceOf(RunAbortedError);
    await expect(running).rejects.toMatchObject({
      ...{ name: 'AbortError', code: 'CANCELLED', message: 'git was stopped: enough' },
      result: { cancelled: true, stdout: 'so far' },
    });
  });

  it('CAN-04: rejects also where nothing was started, and with runSync', async () => {
    const { runner } = createMemoryScene();
    const options = { signal: AbortSignal.abort(), throwOnCancel: true };
    await expect(runner.run('git', [], options)).rejects.toMatchObject({ name: 'AbortError' });
    expect(() => runner.runSync('git', [], options)).toThrow(RunAbortedError);
  });

  it('CAN-04: resolves for every other ending, and leaves those to reject', async () => {
    const { runner, backend } = createMemoryScene();
    const failed = runner.run('git', [], { throwOnCancel: true });
    backend.last.exit(1);
    expect(await failed).toMatchObject({ success: false, cancelled: false });
    const rejected = runner.run('git', [], { throwOnCancel: true, reject: true });
    backend.last.exit(1);
    await expect(rejected).rejects.toMatchObject({ name: 'CommandFailedError', code: 'NON_ZERO_EXIT' });
  });
});

describe('an AbortSignal', () => {
  it('CAN-01: that was aborted before keeps anything from starting', async () => {
    const { runner, backend, liveRuns } = createMemoryScene();
    const result = await runner.run('git', [], { signal: AbortSignal.abort('changed my mind') });
    expect(backend.launches).toEqual([]);
    expect(result).toMatchObject({
      ...{ cancelled: true, success: false, reason: 'changed my mind', pid: null, exitCode: -1 },
      ...{ outcome: { kind: 'not-started', cause: 'cancelled', error: { code: 'CANCELLED' } } },
      ...{ cleanup: { status: 'not-needed' }, startTime: '2024-01-01T00:00:00.000Z' },
    });
    expect(liveRuns()).toBe(0);
  });

  it('CAN-02, D-03: stops the run, with a grace period of 4 s at most, and gives the reason', async () => {
    const { runner, backend } = createMemoryScene();
    const controller = new AbortController();
    const running = runner.run('git', [], { signal: controller.signal, graceMs: 30_000 });
    controller.abort(new Error('the user left'));
    expect(backend.last.stops).toEqual([{ cause: 'cancelled', graceMs: 4000 }]);
    backend.last.end({ signal: 'SIGTERM', coreDumped: false });
    expect(await running).toMatchObject({ cancelled: true, reason: 'the user left', signal: 'SIGTERM' });
  });

  it('CAN-07: keeps no listener once the run has settled', async () => {
    const { runner, backend } = createMemoryScene();
    const { signal } = new AbortController();
    const running = runner.run('git', [], { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    backend.last.start().exit(0);
    await running;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('CAN-06: does not change the cause of a run that a timeout had stopped', async () => {
    const { runner, backend } = createMemoryScene();
    const controller = new AbortController();
    const running = runner.run('git', [], { signal: controller.signal });
    controller.abort();
    backend.last.settle({ stop: { cause: 'timeout', manner: 'graceful' } });
    expect(await running).toMatchObject({ timedOut: true, cancelled: false, reason: 'timed out after 300000 ms' });
  });
});

describe('runSync', () => {
  it('returns the result with its output and releases it', () => {
    const { runner, backend, liveRuns } = createMemoryScene();
    backend.onLaunchSync = (launch) => {
      launch.start().write('stdout', 'hi').exit(0);
    };
    expect(runner.runSync('echo', ['hi'])).toMatchObject({ stdout: 'hi', success: true });
    expect(backend.last.isReleased).toBe(true);
    expect(liveRuns()).toBe(0);
  });

  it('throws with reject: true', () => {
    const { runner, backend } = createMemoryScene();
    backend.onLaunchSync = (launch) => {
      launch.start().exit(1);
    };
    expect(() => runner.runSync('false', [], { reject: true })).toThrow(CommandFailedError);
  });

  it('looks at the signal once', () => {
    const { runner, backend } = createMemoryScene();
    expect(runner.runSync('true', [], { signal: AbortSignal.abort() }).cancelled).toBe(true);
    expect(backend.launches).toEqual([]);
  });
});

describe('cleanup that is not final', () => {
  it('keeps the run in custody until it is, and not longer', async () => {
    const { runner, backend, liveRuns } = createMemoryScene();
    const running = runner.run('daemon', [], { stragglers: 'report' });
    backend.last.start().exit(0, { cleanup: { ...CONFIRMED, status: 'kept' } });
    expect((await running).cleanup.status).toBe('kept');
    expect(liveRuns()).toBe(1);
    expect(backend.last.isReleased).toBe(false);
    backend.last.cleanUp();
    expect(liveRuns()).toBe(0);
    expect(backend.last.isReleased).toBe(true);
  });

  it('is ended by close()', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('daemon', [], { stragglers: 'report' });
    backend.last.start().exit(0, { cleanup: { ...CONFIRMED, status: 'kept' } });
    await running;
    const closing = runner.close();
    expect(backend.last.stops).toHaveLength(1);
    backend.last.cleanUp();
    await closing;
  });

  it('is none where stragglers were let go', async () => {
    const { runner, backend, liveRuns } = createMemoryScene();
    const running = runner.run('daemon', [], { stragglers: 'leave' });
    backend.last.start().exit(0, { cleanup: { ...CONFIRMED, status: 'kept' } });
    await running;
    expect(liveRuns()).toBe(0);
    await runner.close();
    expect(backend.last.stops).toEqual([]);
  });
});

describe('the functions of a runner', () => {
  it('need no this', async () => {
    const { runner, backend } = createMemoryScene();
    const { run } = runner;
    const running = run('git');
    backend.last.start().exit(0);
    expect((await running).success).toBe(true);
  });

  it('report the backend', () => {
    expect(createMemoryScene().runner.capabilities()).toMatchObject({ backend: 'native', file: '/addon.node' });
    expect('fallbackReason' in createMemoryScene().runner.capabilities()).toBe(false);
  });

  it('type their output by the encoding', () => {
    const use = (runner: Runner): void => {
      expectTypeOf(runner.run('git')).resolves.toEqualTypeOf<RunResult>();
      expectTypeOf(runner.run('git', [], { timeoutMs: 5 })).resolves.toEqualTypeOf<RunResult>();
      expectTypeOf(runner.run('git', [], { encoding: 'utf8' })).resolves.toEqualTypeOf<RunResult>();
      expectTypeOf(runner.run('git', [], { encoding: 'buffer' })).resolves.toEqualTypeOf<RunResult<Uint8Array>>();
      expectTypeOf(runner.run({ file: 'git' }, { encoding: 'buffer' })).resolves.toEqualTypeOf<RunResult<Uint8Array>>();
      expectTypeOf(runner.start('git')).toEqualTypeOf<RunHandle>();
      expectTypeOf(runner.start('git', [], { encoding: 'buffer' })).toEqualTypeOf<RunHandle<Uint8Array>>();
      // @ts-expect-error -- arguments are strings
      void runner.run('git', [1]);
      // @ts-expect-error -- unknown options are refused
      void runner.run('git', [], { timeout: 5 });
    };
    expect(use).toBeTypeOf('function');
  });
});

describe('CMD-10, OBS-05: result.warnings', () => {
  const env = { Path: 'a', PATH: 'b' };

  async function warningsOf(ignoresCase: boolean, options: RunOptions): Promise<readonly string[]> {
    const { runner, backend } = createMemoryScene({ host: { variables: {}, isCopy: false, ignoresCase } });
    const running = runner.run('git', ['a&b'], options);
    backend.last.start().exit(0);
    return (await running).warnings;
  }

  it('names variables that Windows takes for one', async () => {
    expect(await warningsOf(true, { env })).toEqual([expect.stringMatching(/differ only in case .*: PATH$/)]);
    expect(await warningsOf(true, { env: { PATH: 'b' } })).toEqual([]);
    expect(await warningsOf(false, { env })).toEqual([]);
  });

  it('comes beside what cannot be redacted, and holds no value', async () => {
    const options = { env, argvMetachars: 'warn', secrets: { PIN: '123' } } as const;
    const warnings = await warningsOf(true, options);
    expect(warnings.map((warning) => /args\[0\]|PATH|PIN/.exec(warning)?.[0])).toEqual(['args[0]', 'PATH', 'PIN']);
    expect(warnings.join()).not.toMatch(/a&b|123/);
  });
});
