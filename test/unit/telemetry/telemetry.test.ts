import { describe, expect, it } from 'vitest';
import type { RunObserver } from '../../../src/core/observer.js';
import { classifyResult } from '../../../src/failure/classify.js';
import { withCorrelation } from '../../../src/index.js';
import {
  chromeTrace,
  logObserver,
  metricsObserver,
  toLogRecord,
  traceObserver,
  type RunRecord,
} from '../../../src/telemetry/index.js';
import { scriptedRunner, type ScriptedCommand } from '../../../src/testing/index.js';

async function play(observer: RunObserver, command: ScriptedCommand, args: readonly string[] = []): Promise<void> {
  await scriptedRunner([command], { observers: [observer] }).run(command.file, args);
}

describe('OBS-02, OBS-03: logObserver', () => {
  const collect = (): { lines: string[]; records: RunRecord[]; observer: RunObserver } => {
    const lines: string[] = [];
    const records: RunRecord[] = [];
    const at = (level: string) => (record: RunRecord, message: string) => {
      lines.push(`${level}: ${message}`);
      records.push(record);
    };
    const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
    return { lines, records, observer: logObserver({ logger }) };
  };

  it.each([
    [{ exitCode: 0 }, 'info: command succeeded'],
    [{ exitCode: 3 }, 'warn: command failed: exited'],
    [{ stopped: 'timeout' }, 'warn: command timed out'],
    [{ stopped: 'cancelled' }, 'info: command was cancelled'],
    [{ stopped: 'output-limit' }, 'warn: command failed: output-limit'],
    [{ signal: 'SIGSEGV' }, 'warn: command failed: signaled'],
    [{ notStarted: 'not-found' }, 'error: command failed: COMMAND_NOT_FOUND'],
  ] as const)('tells the end %j at its level', async (ending, line) => {
    const { lines, observer } = collect();
    await play(observer, { file: 'make', ...ending });
    expect(lines.filter((each) => !each.startsWith('debug'))).toEqual(['info: command launched', line]);
  });

  it('keeps records flat and bounded, with the ids that were given', async () => {
    const { records, observer } = collect();
    const noise = 'x'.repeat(5_000);
    await withCorrelation({ taskId: 't-1' }, () =>
      play(observer, { file: 'make', exitCode: 2, stderr: `${noise}the reason` }, [noise]),
    );
    const last = records.at(-1);
    expect(last).toMatchObject({ taskId: 't-1', exitCode: 2, outcome: 'exited', cleanup: 'not-needed' });
    expect(last?.['stderr']).toMatch(/the reason$/);
    expect(JSON.stringify(last).length).toBeLessThan(2_000);
    expect(Object.values(last ?? {}).every((value) => typeof value !== 'object')).toBe(true);
  });

  it('shows nobody a secret, not even where the result does', async () => {
    const { records, observer } = collect();
    const runner = scriptedRunner([{ file: 'tool', exitCode: 1, stderr: 'bad token hunter2-hunter2' }], {
      observers: [observer],
    });
    const options = { secrets: { TOKEN: 'hunter2-hunter2' }, redact: false } as const;
    const { stderr } = await runner.run('tool', ['--token=hunter2-hunter2'], options);
    expect(stderr).toContain('hunter2');
    expect(records.length).toBeGreaterThan(1);
    expect(JSON.stringify(records)).not.toContain('hunter2');
  });

  it('OBS-05: warns of what is not as the command wrote it, apart from how it ended', async () => {
    const { lines, records, observer } = collect();
    const stdout = Uint8Array.from([0x61, 0xff, ...new Uint8Array(4_000).fill(0x62)]);
    const runner = scriptedRunner([{ file: 'tool', stdout }], { observers: [observer] });
    const onLine = (): never => {
      throw new Error('full');
    };
    await runner.run('tool', [], { maxOutputBytes: 1_024, overflow: 'head', onLine, secrets: { PIN: '123' } });
    expect(lines.slice(-2)).toEqual(['info: command succeeded', 'warn: command ran with warnings']);
    expect(records.at(-1)).toMatchObject({ droppedBytes: 4_002 - 1_024, replacements: 1, handlerFailures: 1 });
    expect(records.at(-1)?.['warnings']).toMatch(/PIN is not redacted/);
  });

  it('OBS-05: warns of nothing where there is nothing', async () => {
    const { lines, observer } = collect();
    await play(observer, { file: 'make', stdout: 'fine\n' });
    expect(lines).not.toContain('warn: command ran with warnings');
  });

  it('FAIL-13: tells the category of a failure where somebody classifies', async () => {
    const records: RunRecord[] = [];
    const keep = (record: RunRecord): void => void records.push(record);
    const logger = { debug: keep, info: keep, warn: keep, error: keep };
    const observer = logObserver({ logger, classify: classifyResult });
    await play(observer, { file: 'make', exitCode: 1, stderr: 'write: No space left on device\n' });
    await play(observer, { file: 'make' });
    const ends = records.filter(({ outcome }) => outcome !== undefined);
    expect(ends.map(({ category }) => category)).toEqual(['resource_exhausted', undefined]);
  });

  it('gives console the message first', async () => {
    const said: unknown[] = [];
    const log = (...words: unknown[]): void => void said.push(words[0]);
    const logger = { debug: log, info: log, warn: log, error: log };
    await play(logObserver({ logger, messageFirst: true }), { file: 'make' });
    expect(said).toContain('command succeeded');
  });
});

describe('OBS-04: metricsObserver', () => {
  it('feeds the instruments, with the name of the program and never an argument', async () => {
    const fed: string[] = [];
    const instrument = (name: string) => ({
      add: (value: number, attributes?: object) =>
        fed.push(`${name} ${String(value)} ${JSON.stringify(attributes ?? {})}`),
      record: (_value: number, attributes?: object) => fed.push(`${name} ${JSON.stringify(attributes)}`),
    });
    const meter = { createCounter: instrument, createUpDownCounter: instrument, createHistogram: instrument };
    await play(metricsObserver(meter), { file: '/usr/bin/make', exitCode: 2 }, ['all']);
    expect(fed).toEqual([
      'custody.runs.active 1 {}',
      'custody.runs.active -1 {}',
      'execution_duration_seconds {"command":"make","outcome":"exited"}',
      'execution_exit_code 1 {"command":"make","exit_code":2}',
      'custody.run.failures 1 {"command":"make","kind":"exited"}',
    ]);
  });
});

it('FAIL-13: a meter counts failures by category where somebody classifies', async () => {
  const fed: unknown[] = [];
  const silent = { add: () => undefined, record: () => undefined };
  const createCounter = (name: string) =>
    name === 'custody.run.failures' ? { add: (_: number, attributes?: object) => fed.push(attributes) } : silent;
  const meter = { createCounter, createUpDownCounter: () => silent, createHistogram: () => silent };
  const observer = metricsObserver(meter, { classify: classifyResult });
  await play(observer, { file: 'make', exitCode: 1, stderr: 'write: No space left on device\n' });
  expect(fed).toEqual([{ command: 'make', kind: 'exited', category: 'resource_exhausted' }]);
});

describe('RES-10: toLogRecord', () => {
  const play = (command: Omit<ScriptedCommand, 'file'>, options = {}) =>
    scriptedRunner([{ file: 'tool', ...command }]).run('tool', ['x'.repeat(500)], options);

  it('is flat, with the ids that were given and bounded texts', async () => {
    const options = { correlation: { taskId: 't-1' } };
    const result = await play({ exitCode: 2, stdout: 'out', stderr: `${'y'.repeat(500)}end` }, options);
    const record = toLogRecord(result, { maxText: 100 });
    expect(record).toMatchObject({
      taskId: 't-1',
      outcome: 'exited',
      exitCode: 2,
      stdout: 'out',
      cleanup: 'not-needed',
    });
    expect(record['startTime']).toBe(result.startTime);
    expect(record['command']).toBe(`tool ${'x'.repeat(95)}`);
    expect(record['stderr']).toBe(`${'y'.repeat(97)}end`);
    expect(Object.values(record).every((value) => typeof value !== 'object')).toBe(true);
  });

  it('has no output where there is none, where it is bytes, and with no room for it', async () => {
    expect(toLogRecord(await play({}))).not.toHaveProperty('stdout');
    expect(toLogRecord(await play({ stdout: 'out' }, { encoding: 'buffer' }))).not.toHaveProperty('stdout');
    expect(toLogRecord(await play({ stdout: 'out' }), { maxText: 0 })).not.toHaveProperty('stdout');
  });

  it('shows no secret, also where the result does', async () => {
    const options = { secrets: { TOKEN: 'hunter2-hunter2' }, redact: false };
    const result = await play({ stdout: 'a hunter2-hunter2 b' }, options);
    expect(result.stdout).toContain('hunter2');
    expect(toLogRecord(result, { maxText: 8 })['stdout']).toBe('ACTED] b');
  });

  it('refuses a bound that is none', async () => {
    const result = await play({});
    for (const maxText of [-1, NaN, '5' as unknown as number])
      expect(() => toLogRecord(result, { maxText })).toThrow(/maxText must be a number from 0/);
  });
});

describe('OBS-04: traceObserver', () => {
  it('makes one span of a run and ends it, an error with its type', async () => {
    const journal: string[] = [];
    const tracer = {
      startSpan: (name: string, options?: { attributes?: Record<string, unknown> }) => {
        journal.push(`start ${name} ${String(options?.attributes?.['process.executable.name'])}`);
        return {
          setAttribute: (key: string, value: unknown) => journal.push(`${key}=${String(value)}`),
          setStatus: ({ code }: { code: number }) => journal.push(`status ${String(code)}`),
          addEvent: (event: string) => journal.push(`event ${event}`),
          end: () => journal.push('end'),
        };
      },
    };
    await play(traceObserver(tracer), { file: 'make', stopped: 'timeout' });
    expect(journal[0]).toBe('start make make');
    expect(journal.at(-1)).toBe('end');
    expect(journal).toEqual(expect.arrayContaining(['process.exit.code=-1', 'error.type=timeout', 'status 2']));
    expect(journal.filter((line) => line === 'end')).toHaveLength(1);
  });
});

describe('OBS: chromeTrace', () => {
  it('gives runs that go on together a row each, and uses rows again', async () => {
    const trace = chromeTrace();
    const runner = scriptedRunner([{ file: '/bin/one', times: 3 }], { observers: [trace] });
    await Promise.all([runner.run('/bin/one'), runner.run('/bin/one')]);
    await runner.run('/bin/one');
    const { traceEvents, droppedRuns } = JSON.parse(JSON.stringify(trace)) as ReturnType<typeof trace.toJSON>;
    expect(traceEvents.map(({ name, tid, ph }) => `${name} ${String(tid)} ${ph}`)).toEqual([
      'one 1 X',
      'one 2 X',
      'one 1 X',
    ]);
    expect(traceEvents.every(({ dur, ts }) => dur >= 0 && ts > 0)).toBe(true);
    expect(droppedRuns).toBe(0);
  });

  it('keeps the last runs only', async () => {
    const trace = chromeTrace(2);
    const runner = scriptedRunner([{ file: 'x', times: 5 }], { observers: [trace] });
    for (let i = 0; i < 5; i += 1) await runner.run('x');
    expect(trace.toJSON()).toMatchObject({ droppedRuns: 3, traceEvents: { length: 2 } });
  });
});
