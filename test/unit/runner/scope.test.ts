import { describe, expect, it } from 'vitest';
import { CONFIRMED } from '../../doubles/memory-backend.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';

const TERMINATED = { signal: 'SIGTERM', coreDumped: false };

describe('a scope', () => {
  it('ends what was started in it and nothing else', async () => {
    const { runner, backend } = createMemoryScene();
    const outside = runner.start('outside');
    const scope = runner.scope();
    const inside = scope.start('inside');
    const running = scope.run('inside too');
    void running.catch(() => undefined);
    const [first, second] = backend.launches;
    const disposal = scope.dispose();
    expect(first?.stops).toEqual([]);
    expect(second?.stops).toHaveLength(1);
    second?.end(TERMINATED);
    await disposal;
    expect(await inside.result).toMatchObject({ cancelled: true, reason: 'the scope is closed' });
    expect(outside.state).toBe('queued');
  });

  it('starts nothing once it is closed, and says so in the result', async () => {
    const { runner, backend } = createMemoryScene();
    const scope = runner.scope();
    await scope[Symbol.asyncDispose]();
    expect(await scope.run('late')).toMatchObject({
      ...{ cancelled: true, reason: 'the scope is closed' },
      outcome: { kind: 'not-started', error: { code: 'CANCELLED' } },
    });
    expect(scope.start('late').state).toBe('settled');
    expect(backend.launches).toEqual([]);
  });

  it('rejects when a teardown stays unconfirmed, after all others', async () => {
    const { runner, backend } = createMemoryScene();
    const scope = runner.scope();
    scope.start('a');
    scope.start('b');
    const disposal = scope.dispose();
    const [a, b] = backend.launches;
    a?.end(TERMINATED, { cleanup: { ...CONFIRMED, status: 'unconfirmed' } });
    b?.end(TERMINATED);
    await Promise.resolve();
    a?.cleanUp({ status: 'unconfirmed' });
    await expect(disposal).rejects.toMatchObject({ code: 'CLEANUP_UNCONFIRMED' });
  });

  it('may be closed more than once', async () => {
    const scope = createMemoryScene().runner.scope();
    await Promise.all([scope.dispose(), scope.dispose()]);
  });
});

describe('close() of a runner', () => {
  it('closes its scopes too', async () => {
    const { runner, backend } = createMemoryScene();
    const scope = runner.scope();
    scope.start('inside');
    const closing = runner.close();
    backend.last.end(TERMINATED);
    await closing;
    expect((await scope.run('late')).cancelled).toBe(true);
    expect((await runner.run('late')).reason).toBe('the runner is closed');
    expect((await runner.scope().run('late')).cancelled).toBe(true);
  });
});
