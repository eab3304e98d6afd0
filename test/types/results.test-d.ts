// Promised: what a run resolves to follows from its options, on every way to run a command. Nothing here runs: `npm run typecheck`
//           judges it.
import { describe, expectTypeOf, it } from 'vitest';
import {
  run,
  runSync,
  start,
  type CommandSpec,
  type CustodyError,
  type Encoding,
  type Outcome,
  type RunHandle,
  type RunOptions,
  type RunResult,
  type Runner,
  type Scope,
} from '../../src/index.js';

const spec: CommandSpec = { file: 'git', args: ['status'] };

describe('output', () => {
  it('is text unless something else is asked for', () => {
    expectTypeOf(run('git')).resolves.toEqualTypeOf<RunResult>();
    expectTypeOf(run('git', ['status'], { timeoutMs: 5 })).resolves.toEqualTypeOf<RunResult>();
    expectTypeOf(run(spec)).resolves.toEqualTypeOf<RunResult>();
    expectTypeOf<RunResult['stdout']>().toEqualTypeOf<string>();
    expectTypeOf<RunResult['combined']>().returns.toEqualTypeOf<string>();
  });

  it('OUT-14: is bytes with encoding buffer', () => {
    expectTypeOf(run('git', [], { encoding: 'buffer' })).resolves.toEqualTypeOf<RunResult<Uint8Array>>();
    expectTypeOf(run(spec, { encoding: 'buffer' })).resolves.toEqualTypeOf<RunResult<Uint8Array>>();
    expectTypeOf(runSync('git', [], { encoding: 'buffer' })).toEqualTypeOf<RunResult<Uint8Array>>();
    expectTypeOf(start(spec, { encoding: 'buffer' }).result).resolves.toEqualTypeOf<RunResult<Uint8Array>>();
    expectTypeOf<RunResult<Uint8Array>['stderr']>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<RunResult<Uint8Array>['combined']>().returns.toEqualTypeOf<Uint8Array>();
  });

  it('OUT-13, OUT-14: is text with every other encoding', () => {
    for (const encoding of ['utf8', 'base64', 'auto', 'latin1', 'utf-16le', 'shift_jis'] as const) {
      expectTypeOf(run('git', [], { encoding })).resolves.toEqualTypeOf<RunResult>();
    }
  });

  it('is either with an encoding that only the running program knows', () => {
    const use = (encoding: Encoding): Promise<RunResult<string | Uint8Array>> => run('git', [], { encoding });
    expectTypeOf(use).returns.resolves.toHaveProperty('stdout').toEqualTypeOf<string | Uint8Array>();
    expectTypeOf(use).returns.resolves.not.toExtend<RunResult>();
  });

  it('keeps its form with stdio merged, with streams that are not captured, and without capture', () => {
    expectTypeOf(run('git', [], { stdio: 'merged' })).resolves.toEqualTypeOf<RunResult>();
    expectTypeOf(run('git', [], { stdio: 'merged', encoding: 'buffer' })).resolves.toEqualTypeOf<
      RunResult<Uint8Array>
    >();
    expectTypeOf(run('git', [], { stdout: 'ignore', stderr: 'inherit' })).resolves.toEqualTypeOf<RunResult>();
    expectTypeOf(run('git', [], { captureOutput: false })).resolves.toEqualTypeOf<RunResult>();
  });

  it('can be had as bytes and tagged text in every form', () => {
    expectTypeOf<RunResult['bytes']>().toEqualTypeOf<(stream: 'stdout' | 'stderr') => Uint8Array>();
    expectTypeOf<RunResult<Uint8Array>['bytes']>().returns.toEqualTypeOf<Uint8Array>();
    expectTypeOf<ReturnType<RunResult<Uint8Array>['segments']>[number]['text']>().toEqualTypeOf<string>();
  });

  it('has the same form in a runner and in a scope', () => {
    const use = (runner: Runner, scope: Scope): void => {
      for (const place of [runner, scope]) {
        expectTypeOf(place.run('git')).resolves.toEqualTypeOf<RunResult>();
        expectTypeOf(place.run('git', [], { encoding: 'buffer' })).resolves.toEqualTypeOf<RunResult<Uint8Array>>();
        expectTypeOf(place.start('git')).toEqualTypeOf<RunHandle>();
        expectTypeOf(place.start('git', [], { encoding: 'buffer' })).toEqualTypeOf<RunHandle<Uint8Array>>();
      }
    };
    expectTypeOf(use).toBeFunction();
  });
});

describe('a result', () => {
  it('EXE-02: is the same type with reject and throwOnCancel, which throw what is none', () => {
    expectTypeOf(run('git', [], { reject: true })).resolves.toEqualTypeOf<RunResult>();
    expectTypeOf(run('git', [], { throwOnCancel: true })).resolves.toEqualTypeOf<RunResult>();
    expectTypeOf(runSync('git', [], { reject: true })).toEqualTypeOf<RunResult>();
  });

  it('RES-01: cannot be written to', () => {
    const use = (result: RunResult): void => {
      // @ts-expect-error results are frozen
      result.success = true;
      expectTypeOf(result.command.args).toEqualTypeOf<readonly string[]>();
      // @ts-expect-error results are frozen
      result.output.stdout.totalBytes = 0;
    };
    expectTypeOf(use).toBeFunction();
  });

  it('RES-05: has an outcome that a switch can exhaust, with what belongs to each kind and nothing else', () => {
    const use = (outcome: Outcome): number | string | CustodyError => {
      // @ts-expect-error only a command that exited has it
      expectTypeOf(outcome.exitCode).toBeNumber();
      switch (outcome.kind) {
        case 'exited':
          return outcome.exitCode;
        case 'signaled':
          return outcome.signal;
        case 'stopped':
          return outcome.cause;
        case 'not-started':
        case 'lost':
          return outcome.error;
        case 'detached':
          return outcome.kind;
      }
    };
    expectTypeOf(use).toBeFunction();
  });

  it('RES-03: has an exit code in any case, and null for what is not known', () => {
    expectTypeOf<RunResult['exitCode']>().toEqualTypeOf<number>();
    expectTypeOf<RunResult['signal']>().toEqualTypeOf<string | null>();
    expectTypeOf<RunResult['pid']>().toEqualTypeOf<number | null>();
    expectTypeOf<RunResult['usage']['peakRssBytes']>().toEqualTypeOf<number | null>();
  });
});

describe('options', () => {
  it('may be undefined, which counts as not given', () => {
    expectTypeOf<{ cwd: undefined; timeoutMs: undefined; signal: undefined }>().toExtend<RunOptions>();
  });

  it('refuse what is no option, or has no such value', () => {
    const refused = [
      // @ts-expect-error it is timeoutMs
      () => run('git', [], { timeout: 5 }),
      // @ts-expect-error a number of milliseconds
      () => run('git', [], { timeoutMs: '5s' }),
      // @ts-expect-error no such encoding
      () => run('git', [], { encoding: 'utf-7' }),
      // @ts-expect-error no such target
      () => run('git', [], { stdout: 'pipe' }),
      // @ts-expect-error no such containment
      () => run('git', [], { containment: 'namespace' }),
      // @ts-expect-error an AbortSignal and not its controller
      () => run('git', [], { signal: new AbortController() }),
      // @ts-expect-error arguments are strings
      () => run('git', [1]),
      // @ts-expect-error one command and not its words
      () => run(['git', 'status']),
      // @ts-expect-error a command has a file
      () => run({ args: ['status'] }),
      // @ts-expect-error options of a run are not part of a command
      () => run({ file: 'git', reject: true }),
    ];
    expectTypeOf(refused).toBeArray();
  });

  it('give handlers their types', () => {
    const options: RunOptions = {
      onLine: (line) => expectTypeOf(line.text).toEqualTypeOf<string>(),
      onChunk: (chunk) => expectTypeOf(chunk.bytes).toEqualTypeOf<Uint8Array>(),
      onEnd: (report) => expectTypeOf(report.droppedBytes).toEqualTypeOf<number>(),
    };
    expectTypeOf(options).toEqualTypeOf<RunOptions>();
  });
});
