// Promised    : every operation of a handle is defined in every state of its run: it works, or does nothing, and never
//               throws, hangs or leaves anything behind.
// Not promised: whether a launch that was just asked for is still queued when an operation reaches it.
import { describe, expect, it } from 'vitest';
import type { RunHandle } from '../../src/index.js';
import { forEachBackend } from './describe-backend.js';
import { eventually } from './eventually.js';
import type { BackendScene } from './scene.js';

interface State {
  readonly name: string;
  readonly enter: (scene: BackendScene) => Promise<RunHandle>;
}

const options = { stdin: 'pipe', graceMs: 1000, drainMs: 60_000, stragglers: 'report' } as const;

const reached = (handle: RunHandle, state: RunHandle['state']): Promise<boolean> =>
  eventually(
    () => handle.state === state,
    () => `${handle.state} instead of ${state}`,
  );

const states: readonly State[] = [
  {
    name: 'queued',
    enter: (scene) => Promise.resolve(scene.start('fork-tree', ['1', '1'], options)),
  },
  {
    name: 'running',
    enter: async (scene) => {
      const handle = await scene.startReady('fork-tree', ['1', '1'], options);
      expect(handle.state).toBe('running');
      return handle;
    },
  },
  {
    name: 'stopping',
    enter: async (scene) => {
      const handle = await scene.startReady('ignore-terminate', [], options);
      handle.stop('to reach the state');
      await reached(handle, 'stopping');
      return handle;
    },
  },
  {
    name: 'draining',
    enter: async (scene) => {
      const handle = scene.start('leave-behind', ['held'], options);
      await reached(handle, 'draining');
      return handle;
    },
  },
  {
    name: 'settled',
    enter: async (scene) => {
      const handle = scene.start('args', ['x'], options);
      await handle.result;
      expect(handle.state).toBe('settled');
      return handle;
    },
  },
  {
    name: 'released',
    enter: async (scene) => {
      const handle = scene.start('args', ['x'], options);
      await handle.dispose();
      expect(handle.state).toBe('settled');
      return handle;
    },
  },
];

interface Operation {
  readonly name: string;
  readonly perform: (handle: RunHandle) => unknown;
}

const operations: readonly Operation[] = [
  { name: 'tail by bytes', perform: (handle) => expect(handle.tail('stdout', { bytes: 100 })).toBeTypeOf('string') },
  { name: 'tail by lines', perform: (handle) => expect(handle.tail('stderr', { lines: 3 })).toBe('') },
  {
    name: 'read',
    perform: (handle) => {
      const { bytes, next, dropped, end } = handle.read('stdout', 0);
      expect(bytes).toBeInstanceOf(Uint8Array);
      expect([typeof next, typeof dropped, typeof end]).toEqual(['number', 'number', 'boolean']);
    },
  },
  {
    name: 'lines, left at once',
    perform: async (handle) => {
      const iterator = handle.lines()[Symbol.asyncIterator]();
      expect(await iterator.return?.()).toMatchObject({ done: true });
    },
  },
  { name: 'write', perform: (handle) => handle.write('some input\n') },
  {
    name: 'endInput twice',
    perform: (handle) => {
      handle.endInput();
      handle.endInput();
    },
  },
  {
    name: 'stop',
    perform: (handle) => {
      handle.stop('from the matrix');
    },
  },
  {
    name: 'kill',
    perform: (handle) => {
      handle.kill();
    },
  },
  {
    name: 'ref and unref',
    perform: (handle) => {
      handle.unref();
      handle.unref();
      handle.ref();
    },
  },
  { name: 'dispose', perform: (handle) => handle.dispose() },
  {
    name: 'pid, id and state',
    perform: (handle) => {
      expect(handle.id).toMatch(/^exec-/);
      expect(['undefined', 'number']).toContain(typeof handle.pid);
      expect(['queued', 'spawning', 'running', 'stopping', 'draining', 'settled']).toContain(handle.state);
    },
  },
];

forEachBackend((scene) => {
  describe.each(states)('$name', ({ enter }) => {
    it.each(operations)('allows $name', async ({ perform }) => {
      const handle = await enter(scene);
      await perform(handle);
      handle.kill();
      const result = await handle.result;
      expect(['exited', 'stopped', 'not-started']).toContain(result.outcome.kind);
      await handle.dispose();
      expect(handle.state).toBe('settled');
      expect(scene.members()).toEqual([]);
    });
  });
});
