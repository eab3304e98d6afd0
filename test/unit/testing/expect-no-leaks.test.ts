import { describe, expect, it } from 'vitest';
import { expectNoLeaks, LeaksFoundError, markDescriptors } from '../../../src/testing/expect-no-leaks.js';
import { CONFIRMED } from '../../doubles/memory-backend.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';

const EXITED = { code: 0 };

describe('expectNoLeaks', () => {
  it('resolves when nothing was started', async () => {
    await expectNoLeaks({ withinMs: 0, since: markDescriptors() });
  });

  it('EXE-20: names a run that goes on, and not one that has settled', async () => {
    const { runner, backend } = createMemoryScene();
    const first = runner.start('/usr/bin/first');
    runner.start('second');
    backend.launches[0]?.end(EXITED);
    await first.result;
    const error: unknown = await expectNoLeaks({ withinMs: 0 }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(LeaksFoundError);
    expect(error).toMatchObject({ code: 'CLEANUP_UNCONFIRMED', leaks: [{ kind: 'run', command: 'second' }] });
    expect((error as LeaksFoundError).message).toContain('of second');
    backend.launches[1]?.end(EXITED);
    await expectNoLeaks({ withinMs: 0 });
  });

  it('names a run whose cleanup is not final, until it is', async () => {
    const { runner, backend } = createMemoryScene();
    const handle = runner.start('kept');
    const [launch] = backend.launches;
    launch?.end(EXITED, { cleanup: { ...CONFIRMED, status: 'unconfirmed' } });
    await handle.result;
    await expect(expectNoLeaks({ withinMs: 0 })).rejects.toMatchObject({ leaks: [{ kind: 'run', command: 'kept' }] });
    launch?.cleanUp({ status: 'confirmed' });
    await handle.cleanup;
    await expectNoLeaks({ withinMs: 0 });
  });

  it('waits for what is ending', async () => {
    const { runner, backend } = createMemoryScene();
    const handle = runner.start('slow');
    const waiting = expectNoLeaks({ withinMs: 10_000 });
    backend.launches[0]?.end(EXITED);
    await handle.result;
    await waiting;
  });
});
