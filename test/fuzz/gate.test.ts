// Promised    : whatever is asked for, ends, waits, gives up or is refused, in whatever order: the gate keeps its limits, lets
//               in the first who waits, leaves no slot unused, and counts what is there.
// Not promised: anything about time.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunHandle } from '../../src/runner/runner.js';
import { CONFIRMED, type MemoryLaunch } from '../doubles/memory-backend.js';
import { createMemoryScene, type MemoryScene } from '../doubles/memory-runner.js';

const MAX_CONCURRENT = 3;
const MAX_QUEUED = 4;
const MAX_BYTES = 20_000;

type Act =
  | { readonly kind: 'start'; readonly bytes: number; readonly target: string | undefined }
  | { readonly kind: 'exit' | 'unclean' | 'shortage' | 'clean' | 'stop'; readonly pick: number }
  | { readonly kind: 'wait'; readonly ms: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('start' as const),
      bytes: fc.integer({ min: 1024, max: 10_000 }),
      target: fc.constantFrom(undefined, 'a', 'b'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'exit' as const,
        'unclean' as const,
        'shortage' as const,
        'clean' as const,
        'stop' as const,
      ),
      pick: fc.nat(20),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) }) },
);

/** What the test itself knows of each run. */
class Model {
  readonly scene: MemoryScene = createMemoryScene({
    gate: { maxConcurrent: MAX_CONCURRENT, maxQueued: MAX_QUEUED, maxLiveBufferBytes: MAX_BYTES },
  });
  readonly handles: RunHandle[] = [];
  readonly #ringBytes: number[] = [];
  readonly unclean: MemoryLaunch[] = [];
  #started = 0;

  do(next: Act): void {
    switch (next.kind) {
      case 'start':
        this.#started += 1;
        this.#ringBytes.push(2 * next.bytes);
        this.handles.push(
          this.scene.runner.start(String(this.#started), [], {
            ...{ maxOutputBytes: next.bytes, target: next.target, queueTimeoutMs: 1000 },
          }),
        );
        break;
      case 'wait':
        this.scene.backend.clock.advance(next.ms);
        break;
      case 'stop':
        this.handles[next.pick % Math.max(1, this.handles.length)]?.stop();
        break;
      case 'clean':
        this.unclean.shift()?.cleanUp();
        break;
      default:
        this.#settle(next.kind, next.pick);
    }
  }

  get live(): MemoryLaunch[] {
    return this.scene.backend.launches.filter((launch) => launch.state !== 'settled');
  }

  #settle(kind: 'exit' | 'unclean' | 'shortage', pick: number): void {
    const { live } = this;
    const launch = live[pick % Math.max(1, live.length)];
    if (launch === undefined) return;
    if (kind === 'exit') launch.exit(0);
    else if (kind === 'unclean') {
      this.unclean.push(launch);
      launch.exit(0, { cleanup: { ...CONFIRMED, status: 'unconfirmed' } });
    } else {
      const failure = { operation: 'spawn', errno: 'EMFILE', subject: 'none' } as const;
      launch.settle({ ending: 'not-started', status: null, failure });
    }
  }

  check(): void {
    const { scene, live } = this;
    const activity = scene.runner.activity();
    expect(activity.executing).toBeLessThanOrEqual(MAX_CONCURRENT);
    expect(activity.queued).toBeLessThanOrEqual(MAX_QUEUED);
    expect(activity.bufferBytes).toBeLessThanOrEqual(MAX_BYTES);
    expect(activity.quarantined).toBe(this.unclean.length);
    // Who tries again holds a slot without a launch.
    const trying = activity.executing - live.length;
    expect(trying).toBeGreaterThanOrEqual(0);
    const unsettled = this.handles.filter((handle) => handle.state !== 'settled').length;
    expect(unsettled).toBe(activity.executing + activity.queued);
    const files = scene.backend.launches.map((launch) => Number(launch.spec.file));
    // Nobody waits for what is free, unless the system is short of something.
    const first = this.handles.findIndex((handle, index) => handle.state !== 'settled' && !files.includes(index + 1));
    expect(activity.queued > 0).toBe(first >= 0);
    if (trying === 0 && first >= 0) {
      const isFull = activity.bufferBytes + this.#ringBytes[first]! > MAX_BYTES;
      expect(isFull || activity.executing === MAX_CONCURRENT).toBe(true);
    }
    const counted = Object.values(activity.targets);
    expect(counted.reduce((sum, target) => sum + target.executing, 0)).toBeLessThanOrEqual(activity.executing);
    // First in, first out: launches for the first time come in the order of the calls.
    const firsts = [...new Set(files)];
    expect(firsts).toEqual([...firsts].sort((one, other) => one - other));
  }
}

it('CON-02, CON-06, CON-08, CON-11: keeps its limits whatever happens, and comes to rest', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const model = new Model();
      for (const next of acts) {
        model.do(next);
        model.check();
      }
      for (let rounds = 0; rounds < 200 && model.scene.runner.activity().executing > 0; rounds++) {
        for (const launch of model.live) launch.exit(0);
        model.scene.backend.clock.advance(300);
      }
      while (model.unclean.length > 0) model.do({ kind: 'clean', pick: 0 });
      expect(model.scene.runner.activity()).toEqual({
        ...{ state: 'ready', executing: 0, queued: 0, quarantined: 0, bufferBytes: 0, keptBytes: 0, targets: {} },
      });
      expect(model.handles.every((handle) => handle.state === 'settled')).toBe(true);
      expect(model.scene.backend.clock.timers.all).toBe(0);
      expect(model.scene.liveRuns()).toBe(0);
    }),
    { numRuns: 1000 },
  );
});
