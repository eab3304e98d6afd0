import { describe, expect, it } from 'vitest';
import { createRunner, withCorrelation, type RunObserver } from '../../../src/index.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';

/** Writes down what it hears, one word and what matters of each event. */
function listen(journal: string[]): Required<Omit<RunObserver, 'health'>> {
  return {
    launched: ({ id, command }) => journal.push(`launched ${id} ${command.file}`),
    started: ({ id, pid }) => journal.push(`started ${id} ${String(pid)}`),
    output: ({ stdoutBytes, stderrBytes }) => journal.push(`output ${String(stdoutBytes)} ${String(stderrBytes)}`),
    settled: ({ id, result }) => journal.push(`settled ${id} ${result.outcome.kind}`),
    cleanedUp: ({ id, cleanup }) => journal.push(`cleanedUp ${id} ${cleanup.status}`),
  };
}

const unconfirmed = {
  status: 'unconfirmed',
  mechanism: 'group',
  leaderReaped: true,
  steps: [],
  killed: [],
  survivors: [],
  elapsedMs: 1,
} as const;

describe('OBS-01: an observer', () => {
  it('hears of a run in order, and of a cleanup that ends later', async () => {
    const journal: string[] = [];
    const { runner, backend } = createMemoryScene({ observers: [listen(journal)] });
    const pending = runner.run('make', ['all']);
    backend.last.start(12).write('stdout', 'hello').exit(0, { cleanup: unconfirmed });
    await pending;
    backend.last.cleanUp();
    expect(journal).toEqual([
      'launched exec-1 make',
      'started exec-1 12',
      'output 5 0',
      'settled exec-1 exited',
      'cleanedUp exec-1 confirmed-group-only',
    ]);
  });

  it('hears launched and settled also of a run that is never launched', async () => {
    const journal: string[] = [];
    const { runner } = createMemoryScene({ observers: [listen(journal)] });
    await runner.run('make', [], { signal: AbortSignal.abort() });
    expect(journal).toEqual(['launched exec-1 make', 'settled exec-1 not-started']);
  });

  it('hears of runSync and of runs in a scope', async () => {
    const journal: string[] = [];
    const { runner, backend } = createMemoryScene({ observers: [listen(journal)] });
    runner.runSync('a');
    const scope = runner.scope();
    const pending = scope.run('b');
    backend.last.start().exit(0);
    await pending;
    expect(journal.filter((line) => !line.startsWith('started'))).toEqual([
      'launched exec-1 a',
      'settled exec-1 exited',
      'launched exec-2 b',
      'settled exec-2 exited',
    ]);
  });

  it('changes nothing when it throws or rejects, and the others hear all the same', async () => {
    const journal: string[] = [];
    const broken: RunObserver = {
      launched() {
        throw new Error('one');
      },
      settled: () => Promise.reject(new Error('two')) as never,
    };
    const { runner, backend } = createMemoryScene({ observers: [broken, listen(journal)] });
    const pending = runner.run('make');
    backend.last.start().exit(0);
    expect((await pending).success).toBe(true);
    expect(journal).toContain('settled exec-1 exited');
    expect(runner.health()).toMatchObject({ status: 'degraded', problems: ['observers failed 2 times, last: two'] });
  });

  it('is not told of output that only others asked for, and costs no look at it', async () => {
    const { runner, backend } = createMemoryScene({ observers: [{ settled: () => undefined }] });
    void runner.run('make');
    expect(backend.last.streams.stdout.flow).toBe('off');
    backend.last.exit(0);
    await runner.close();
  });

  it('keeps hearing of output when a reader of lines has come and gone', async () => {
    const journal: string[] = [];
    const { runner, backend } = createMemoryScene({ observers: [listen(journal)] });
    const handle = runner.start('make');
    await Promise.resolve();
    expect(backend.last.streams.stdout.flow).toBe('drop');
    backend.last.exit(0);
    await handle.result;
  });

  it('must be one', () => {
    expect(() => createRunner({ observers: [null] as never })).toThrow('observers must be a list of observers');
  });
});

describe('RES-08: correlation ids', () => {
  it('ENV-09: hold no secret, whoever puts one there', async () => {
    const ids: unknown[] = [];
    const observers = [{ launched: (event: { correlationIds: unknown }) => ids.push(event.correlationIds) }];
    const { runner, backend } = createMemoryScene({ observers });
    const pending = withCorrelation({ sessionId: 'for hunter2-hunter2' }, () =>
      runner.run('make', [], { correlation: { taskId: 'hunter2-hunter2' }, secrets: { PASSWORD: 'hunter2-hunter2' } }),
    );
    backend.last.exit(0);
    expect((await pending).correlationIds).toMatchObject({
      sessionId: 'for [REDACTED]',
      taskId: '[REDACTED]',
      runId: null,
    });
    expect(ids).toEqual([(await pending).correlationIds]);
  });

  it('are checked where they are set for a context, too', () => {
    expect(() => withCorrelation({ sessionId: 7 } as never, () => undefined)).toThrow('correlation.sessionId');
  });

  it('come from the context and from the option, which wins, into results and events', async () => {
    const ids: unknown[] = [];
    const observers = [{ launched: (event: { correlationIds: unknown }) => ids.push(event.correlationIds) }];
    const { runner, backend } = createMemoryScene({ observers });
    const pending = withCorrelation({ sessionId: 's', taskId: 't' }, async () => {
      await Promise.resolve();
      return withCorrelation({ stepId: 'x' }, () => runner.run('make', [], { correlation: { taskId: 'mine' } }));
    });
    await Promise.resolve();
    await Promise.resolve();
    backend.last.start().exit(0);
    const { correlationIds } = await pending;
    expect(correlationIds).toMatchObject({ sessionId: 's', taskId: 'mine', stepId: 'x', runId: null, repoSha: null });
    expect(ids).toEqual([correlationIds]);
  });

  it('are null where there are none', async () => {
    const { runner, backend } = createMemoryScene();
    const pending = runner.run('make');
    backend.last.start().exit(0);
    expect(Object.values((await pending).correlationIds)).toEqual(Array.from({ length: 9 }, () => null));
  });

  it('are checked', async () => {
    const { runner } = createMemoryScene();
    await expect(runner.run('make', [], { correlation: { sesionId: 'x' } as never })).rejects.toThrow(
      'correlation.sesionId is not an id; did you mean sessionId?',
    );
    await expect(runner.run('make', [], { correlation: { taskId: 7 } as never })).rejects.toThrow('correlation.taskId');
  });
});

describe('AUD-14: what a run was asked for', () => {
  it('is told with its launch: variables, those removed, names of secrets and no value of one', async () => {
    const requests: unknown[] = [];
    const { runner, backend } = createMemoryScene({
      observers: [{ launched: ({ request }) => requests.push(request) }],
      defaults: { env: { A: '1', B: '2' } },
    });
    const pending = runner.run('make', [], {
      env: { A: undefined, C: 'has hunter22 in it' },
      secrets: { TOKEN: 'hunter22' },
      timeoutMs: 5_000,
      input: 'text',
    });
    backend.last.start().exit(0);
    await pending;
    expect(requests).toEqual([
      {
        env: { B: '2', C: 'has [REDACTED] in it' },
        unsetEnv: ['A'],
        envMode: 'inherit',
        secretNames: ['TOKEN'],
        timeoutMs: 5_000,
        hasInput: true,
      },
    ]);
  });
});

describe('AUD-11: an observer that refuses runs', () => {
  it('keeps a command from being started, and the run is told like any other', async () => {
    let refusal: string | null = 'the disk is full';
    const settled: string[] = [];
    const { runner, backend } = createMemoryScene({
      observers: [
        {
          health: () => ({ problems: [], refusal }),
          settled: ({ result }) => settled.push(result.outcome.kind),
        },
      ],
    });
    const { outcome } = await runner.run('make');
    expect(outcome).toMatchObject({
      kind: 'not-started',
      error: { code: 'OBSERVER_UNAVAILABLE', message: 'the disk is full' },
    });
    expect(backend.launches).toEqual([]);
    expect(settled).toEqual(['not-started']);
    refusal = null;
    const pending = runner.run('make');
    backend.last.start().exit(0);
    expect((await pending).success).toBe(true);
  });
});
