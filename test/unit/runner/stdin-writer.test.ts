import { expect, it } from 'vitest';
import { createMemoryScene } from '../../doubles/memory-runner.js';

function startWithRoom(bytes: number) {
  const { runner, backend } = createMemoryScene();
  const handle = runner.start('cat', [], { stdin: 'pipe' });
  backend.last.start().stdinRoom = bytes;
  return { handle, launch: backend.last };
}

it('makes the writer wait until everything was accepted, and keeps the order', async () => {
  const { handle, launch } = startWithRoom(2);
  const done: string[] = [];
  const writes = ['abc', 'de', 'f'].map((chunk) => handle.write(chunk).then(() => done.push(chunk)));
  handle.endInput();
  expect(launch.stdin).toBe('ab');
  launch.stdinRoom = 2;
  launch.listener.stdinWritable();
  await writes[0];
  expect(done).toEqual(['abc']);
  expect(launch).toMatchObject({ stdin: 'abcd', isStdinClosed: false });
  launch.stdinRoom = 10;
  launch.listener.stdinWritable();
  await Promise.all(writes);
  expect(launch).toMatchObject({ stdin: 'abcdef', isStdinClosed: true });
});

it('keeps nobody waiting when the run has settled', async () => {
  const { handle, launch } = startWithRoom(0);
  const writing = handle.write('abc');
  launch.exit(0);
  await writing;
  expect(launch.stdin).toBe('');
});

it('ends at once when nothing is waiting, and only once', () => {
  const { handle, launch } = startWithRoom(0);
  handle.endInput();
  handle.endInput();
  expect(launch.isStdinClosed).toBe(true);
});

it('STR-11: lets the event loop turn, however fast everything is accepted', async () => {
  const { handle, launch } = startWithRoom(Infinity);
  setImmediate(() => launch.exit(0));
  let writes = 0;
  // A writer that never lets go would go on to the end.
  while (handle.state !== 'settled' && writes < 1_000) {
    await handle.write('x');
    writes += 1;
  }
  expect(writes).toBeLessThan(1_000);
});
