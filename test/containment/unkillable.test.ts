// Promised    : what cannot be ended is reported as unconfirmed, by name and with the reason, within the cleanup budget; once
//               it is gone, handle.cleanup settles as confirmed; and the next command works meanwhile.
// Not promised: that a process of another user can be ended.
import { chmodSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endProcessesOf, processesOf } from '../programs/oracle.js';
import { CLEANUP_BUDGET_MS } from '../../src/policy/limits.js';
import { CustodyHost, SHIM, type SettledReport } from './custody-host.js';
import { expectConfirmed, expectGone } from './expectations.js';
import { Freezer, whyNoFreezer } from './freezer.js';
import { hostUsers, NOBODY, payloadKinds, Stage } from './stage.js';

const GRACE_MS = 100;
/** From the stop to the result: the grace, the budget, and room for a machine that does other things. */
const SETTLE_LIMIT_MS = GRACE_MS + CLEANUP_BUDGET_MS + 1_000;

/** Why a set-uid program would not become its owner's below this suite. */
function whyNoSetUid(): string | undefined {
  if (process.getuid?.() !== 0) return 'the suite does not run as root';
  if (/^NoNewPrivs:\s+1/m.test(readFileSync('/proc/self/status', 'utf8'))) return 'new privileges are refused here';
  return undefined;
}

describe.each(hostUsers)('as $name', (user) => {
  let stage: Stage;
  let host: CustodyHost;

  beforeEach(async () => {
    stage = new Stage();
    host = await CustodyHost.start(stage, user);
  });

  afterEach(async () => {
    await host.close();
    await stage.close();
  });

  const stopTimed = async (file: string): Promise<{ report: SettledReport; tookMs: number }> => {
    const begin = performance.now();
    const report = await host.ask<SettledReport>('settle', { file, end: 'stop' });
    return { report, tookMs: performance.now() - begin };
  };

  it('EXE-10: names frozen members and confirms once they are thawed', async (context) => {
    const reason = whyNoFreezer();
    if (reason !== undefined) {
      console.warn(`NOT TESTED: frozen members: ${reason}`);
      context.skip(reason);
    }
    const payload = stage.payload({ name: 'setsid' }, user);
    await host.start(payload, { graceMs: GRACE_MS });
    const freezer = new Freezer();
    try {
      const members = payload.members().map(({ pid }) => pid);
      await freezer.freeze(members);
      const { report, tookMs } = await stopTimed(payload.file);
      expect(tookMs).toBeLessThan(SETTLE_LIMIT_MS);
      expect(report.cleanup.status).toBe('unconfirmed');
      expect(report.cleanup.survivors.map(({ pid }) => pid).sort()).toEqual([...members].sort());
      for (const survivor of report.cleanup.survivors) {
        expect(survivor.name).toBe(payload.name);
        expect(['frozen', 'uninterruptible']).toContain(survivor.why);
      }
      expect(await host.ask('echo', { file: stage.tool })).toMatchObject({ outcome: { kind: 'exited', exitCode: 0 } });
      expect(payload.members(), 'still there').toHaveLength(members.length);
      freezer.thaw();
      expectConfirmed(await host.ask<SettledReport>('final', { file: payload.file }), 'after the thaw');
      await expectGone(payload);
    } finally {
      await freezer.close();
    }
  });

  it.runIf(user.ids !== undefined)(
    'ends a storm whose shim is lost while the guardian holds what it cannot end',
    async (context) => {
      const reason = whyNoSetUid();
      if (reason !== undefined) {
        console.warn(`NOT TESTED: a storm beside a set-uid helper: ${reason}`);
        context.skip(reason);
      }
      const rooted = stage.copyOfTool('set-uid-copy');
      chmodSync(rooted, 0o4755);
      const payload = stage.payload({ name: 'set-uid', args: [rooted] }, user);
      await host.start(payload);
      host.killHelpers(SHIM);
      await expectGone(payload);
      expect(processesOf(rooted)).toHaveLength(1);
      for (const { name, args = [] } of payloadKinds.filter(({ name }) => name === 'storm' || name === 'comet')) {
        const other = stage.payload({ name, args }, user);
        await host.start(other);
        host.killHelpers(SHIM);
        await expectGone(other);
      }
      await endProcessesOf([rooted]);
    },
  );

  it.runIf(user.ids !== undefined)("names another user's process and confirms once it is gone", async (context) => {
    const reason = whyNoSetUid();
    if (reason !== undefined) {
      console.warn(`NOT TESTED: a set-uid helper: ${reason}`);
      context.skip(reason);
    }
    const rooted = stage.copyOfTool('set-uid-copy');
    chmodSync(rooted, 0o4755);
    const payload = stage.payload({ name: 'set-uid', args: [rooted] }, user);
    await host.start(payload, { graceMs: GRACE_MS });
    const [helper] = processesOf(rooted);
    expect(readFileSync(`/proc/${String(helper!.pid)}/status`, 'utf8')).not.toMatch(
      new RegExp(`^Uid:.*\\b${String(NOBODY)}\\b`, 'm'),
    );
    const { report, tookMs } = await stopTimed(payload.file);
    expect(tookMs).toBeLessThan(SETTLE_LIMIT_MS);
    expect(report.cleanup.status).toBe('unconfirmed');
    expect(report.cleanup.survivors).toMatchObject([
      { pid: helper!.pid, name: basename(rooted).slice(0, 15), why: 'permission' },
    ]);
    // Nothing else of it is left, and the other one is untouched: not even stopped.
    await expectGone(payload);
    expect(processesOf(rooted)).toMatchObject([{ pid: helper!.pid, state: 'S' }]);
    expect(await host.ask('echo', { file: stage.tool })).toMatchObject({ outcome: { kind: 'exited', exitCode: 0 } });
    await endProcessesOf([rooted]);
    expectConfirmed(await host.ask<SettledReport>('final', { file: payload.file }), 'once it is gone');
  });
});
