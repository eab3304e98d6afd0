// Promised: handles, scopes, runners and commands can be used as documented and in no other way. Nothing here runs:
//           `npm run typecheck` judges it.
import { describe, expectTypeOf, it } from 'vitest';
import {
  Command,
  createRunner,
  scope,
  start,
  timeBudget,
  type Cleanup,
  type CommandBuilder,
  type CommandSpec,
  type CustodyRunner,
  type OutputLine,
  type RunHandle,
  type Runner,
  type RunObserver,
  type Scope,
  type StreamRead,
  type TimeBudget,
} from '../../src/index.js';

declare const handle: RunHandle;
declare const binary: RunHandle<Uint8Array>;

describe('a handle', () => {
  it('OUT-17: reads text by the tail and bytes by the cursor, whatever the encoding', () => {
    expectTypeOf(handle.tail('stdout', { lines: 3 })).toEqualTypeOf<string>();
    expectTypeOf(binary.tail('stderr', { bytes: 3 })).toEqualTypeOf<string>();
    expectTypeOf(binary.read('stdout', 0)).toEqualTypeOf<StreamRead>();
    // @ts-expect-error either bytes or lines
    handle.tail('stdout', {});
    // @ts-expect-error no such stream
    handle.tail('combined', { lines: 3 });
  });

  it('STR-11: is looped over by line, as text whatever the encoding', () => {
    expectTypeOf(handle.lines()).toEqualTypeOf<AsyncIterableIterator<OutputLine>>();
    expectTypeOf(binary.lines({ streams: ['stdout'], backpressure: 'block' })).toEqualTypeOf(handle.lines());
    // @ts-expect-error a list of streams
    handle.lines({ streams: 'stdout' });
    expectTypeOf(handle).not.toExtend<AsyncIterable<unknown>>();
  });

  it('EXE-17: takes text and bytes', () => {
    expectTypeOf(handle.write('text')).toEqualTypeOf<Promise<void>>();
    expectTypeOf(handle.write(new Uint8Array(1))).toEqualTypeOf<Promise<void>>();
    // @ts-expect-error text or bytes
    void handle.write(7);
  });

  it('is piped into another one, and gives that back', () => {
    expectTypeOf(handle.pipe(binary)).toEqualTypeOf<RunHandle<Uint8Array>>();
    expectTypeOf(binary.pipe(handle).pipe(handle)).toEqualTypeOf<RunHandle>();
    // @ts-expect-error a stream of Node is no handle
    handle.pipe(process.stdout);
  });

  it('is no promise: its result is one, and its cleanup', () => {
    expectTypeOf(handle).not.toExtend<PromiseLike<unknown>>();
    expectTypeOf(handle.cleanup).toEqualTypeOf<Promise<Cleanup>>();
    expectTypeOf(handle.pid).toEqualTypeOf<number | undefined>();
  });

  it('can be disposed of, as scopes and runners can', () => {
    expectTypeOf(handle).toExtend<AsyncDisposable>();
    expectTypeOf<Scope>().toExtend<AsyncDisposable>();
    expectTypeOf<CustodyRunner>().toExtend<AsyncDisposable>();
  });
});

describe('a runner', () => {
  it('EXR-01: is what every place to run commands is', () => {
    expectTypeOf(createRunner()).toExtend<Runner>();
    expectTypeOf(scope()).toExtend<Runner>();
    expectTypeOf({ run: createRunner().run, start }).toExtend<Runner>();
  });

  it('has options of its own, and defaults that change no type', () => {
    expectTypeOf(
      createRunner({ preset: 'agent', maxConcurrent: 4, defaults: { timeoutMs: 5 } }),
    ).toEqualTypeOf<CustodyRunner>();
    // @ts-expect-error a default cannot change the type of all results
    createRunner({ defaults: { encoding: 'buffer' } });
    // @ts-expect-error no such preset
    createRunner({ preset: 'strict' });
    // @ts-expect-error belongs into defaults
    createRunner({ timeoutMs: 5 });
  });

  it('OBS-01: is observed by what hears any of the events', () => {
    expectTypeOf<object>().toExtend<RunObserver>();
    expectTypeOf(
      createRunner({ observers: [{ settled: ({ result }) => result.success }] }),
    ).toEqualTypeOf<CustodyRunner>();
  });
});

describe('a command', () => {
  const command = Command.create('git').withArguments('status').withTimeout(5).withSecret('TOKEN', 'value').build();

  it('CMD-01: can be run, is a spec, and cannot be written to', () => {
    expectTypeOf(command).toEqualTypeOf<Command>();
    expectTypeOf(command).toExtend<CommandSpec>();
    // @ts-expect-error commands are frozen
    command.file = 'hg';
    expectTypeOf(command.args).toEqualTypeOf<readonly string[]>();
  });

  it('CMD-04: is built in steps that go on', () => {
    expectTypeOf(Command.create('git').withWorkingDirectory('/')).toEqualTypeOf<CommandBuilder>();
    // @ts-expect-error arguments are words and no list
    Command.create('git').withArguments(['status']);
    expectTypeOf<typeof Command>().not.toExtend<new (...args: never[]) => unknown>();
  });

  it('EXE-25: is given a budget of timeBudget(), and no number', () => {
    expectTypeOf(timeBudget(1000)).toEqualTypeOf<TimeBudget>();
    start(command, { budget: timeBudget(1000) });
    // @ts-expect-error milliseconds are no budget
    start(command, { budget: 1000 });
  });
});
