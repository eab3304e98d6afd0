// Promised    : however a run is ended - by a stop, a timeout, an abort, an output limit, its leader's own exit - nothing of
//               it is alive afterwards, the receipt says so, and it says so only when it is so. The host holds no more
//               descriptors, threads and zombies than before.
// Not promised: which processes are named besides those that a leader left behind.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../conformance/eventually.js';
import { show } from '../conformance/scene.js';
import { zombiesOf } from '../programs/oracle.js';
import { CustodyHost, type Holdings, type RunReport } from './custody-host.js';
import { expectConfirmed, expectGone } from './expectations.js';
import { hostUsers, payloadKinds, Stage } from './stage.js';

const GRACE_MS = 100;
/** Long enough for every payload to be ready. */
const TIMEOUT_MS = 2_500;

const stopped = [
  { end: 'stop', cause: 'cancelled', options: {} },
  { end: 'abort', cause: 'cancelled', options: {} },
  { end: 'timeout', cause: 'timeout', options: { timeoutMs: TIMEOUT_MS } },
  { end: 'output-limit', cause: 'output-limit', options: { maxOutputBytes: 1024, onOverflow: 'kill' } },
] as const;

describe.each(hostUsers)('as $name', (user) => {
  let stage: Stage;
  let host: CustodyHost;

  beforeAll(async () => {
    stage = new Stage();
    host = await CustodyHost.start(stage, user);
  });

  // What one cell could not end must not be met by the next.
  afterEach(() => stage.endSurvivors());

  afterAll(async () => {
    await host.close();
    await stage.close();
  });

  describe.each(payloadKinds.filter(({ leaves }) => leaves !== true))('$name', (kind) => {
    it.each(stopped)('EXE-09: is gone after $end', async ({ end, cause, options }) => {
      const payload = stage.payload(kind, user);
      const launch = payload.launch(end === 'output-limit' ? ['flood'] : []);
      const report = await host.ask<RunReport>('run', {
        ...launch,
        // A timeout and a limit may come before anybody has looked whether the payload is ready.
        ready: end === 'stop' || end === 'abort' ? launch.ready : undefined,
        options: { graceMs: GRACE_MS, ...options },
        end,
      });
      expect(payload.isReady, `the payload was there: ${show(report)}`).toBe(true);
      expect(report.outcome).toMatchObject({ kind: 'stopped', cause });
      expectConfirmed(report, 'result');
      expectConfirmed(report.final!, 'cleanup');
      await expectGone(payload);
    });
  });

  it.each(payloadKinds.filter(({ leaves }) => leaves === true))(
    '$name: what it left is ended and named, and its success stands',
    async (kind) => {
      const payload = stage.payload(kind, user);
      const report = await host.ask<RunReport>('run', { ...payload.launch(), ready: undefined });
      expect(payload.isReady).toBe(true);
      expect(report).toMatchObject({ outcome: { kind: 'exited', exitCode: 0 }, success: true });
      expectConfirmed(report, 'result');
      expect(report.cleanup.killed, 'what was left is named').not.toEqual([]);
      await expectGone(payload);
    },
  );

  it.each(payloadKinds.filter(({ leaves }) => leaves === true))(
    '$name: what was kept in custody ends with the handle',
    async (kind) => {
      const payload = stage.payload(kind, user);
      const report = await host.ask<RunReport>('run', {
        ...payload.launch(),
        options: { stragglers: 'report', graceMs: GRACE_MS },
        final: false,
      });
      expect(report).toMatchObject({ outcome: { kind: 'exited', exitCode: 0 }, cleanup: { status: 'kept' } });
      expect(payload.members(), 'kept').not.toEqual([]);
      await host.ask('close');
      await expectGone(payload);
      await host.close();
      host = await CustodyHost.start(stage, user);
    },
  );

  it('EXE-14: holds no more than before', async () => {
    const fresh = await CustodyHost.start(stage, user);
    try {
      // Pools and threads come up with the first runs.
      for (let run = 0; run < 3; run += 1) await fresh.ask('echo', { file: stage.tool });
      const before = await fresh.ask<Holdings>('holdings');
      for (const kind of payloadKinds) {
        const payload = stage.payload(kind, user);
        const end = kind.leaves === true ? undefined : 'stop';
        await fresh.ask('run', { ...payload.launch(), options: { graceMs: 0 }, end });
      }
      let after = before;
      await eventually(
        async () => {
          after = await fresh.ask<Holdings>('holdings');
          const zombies = zombiesOf(fresh.pid);
          return after.descriptors <= before.descriptors && after.threads <= before.threads && zombies.length === 0;
        },
        () => `the holdings of before, ${show(before)}; there are ${show(after)} and ${show(zombiesOf(fresh.pid))}`,
      );
    } finally {
      await fresh.close();
    }
  });
});
