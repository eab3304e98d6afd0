// Promised    : a guardian or a shim that is killed takes nothing with it but what it held: every run settles, what the dead
//               shim held is ended by the guardian, no receipt says more than is so, and the next command works.
// Not promised: the outcome of a run whose shim was killed; and if guardian and shims are killed together, that what they
//               held is ended - only that nobody says so.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../conformance/eventually.js';
import { isStillThere } from '../programs/oracle.js';
import { CustodyHost, GUARDIAN, SHIM, type SettledReport } from './custody-host.js';
import { expectConfirmed, expectGone, expectTrue } from './expectations.js';
import { hostUsers, payloadKinds, Stage, type Payload } from './stage.js';

const staying = payloadKinds.filter(({ leaves }) => leaves !== true);

describe.each(hostUsers)('as $name', (user) => {
  let stage: Stage;
  let host: CustodyHost;
  let payloads: readonly Payload[];

  beforeEach(async () => {
    stage = new Stage();
    host = await CustodyHost.start(stage, user);
    payloads = staying.map((kind) => stage.payload(kind, user));
    await Promise.all(payloads.map((payload) => host.start(payload, { graceMs: 100 })));
  });

  afterEach(async () => {
    await host.close();
    await stage.close();
  });

  const settleAll = (end?: string): Promise<SettledReport[]> =>
    Promise.all(payloads.map(({ file }) => host.ask<SettledReport>('settle', { file, end })));

  const expectUsable = async (): Promise<void> => {
    for (let run = 0; run < 3; run += 1) {
      expect(await host.ask('echo', { file: stage.tool })).toMatchObject({ outcome: { kind: 'exited', exitCode: 0 } });
    }
  };

  it('runs go on without their guardian, end confirmed, and the next command gets a new guardian', async () => {
    const dead = host.killHelpers(GUARDIAN);
    await eventually(
      () => !dead.some(isStillThere),
      () => 'the guardian gone',
    );
    await expectUsable();
    for (const payload of payloads) {
      expect(await host.ask('state', { file: payload.file })).toEqual({ state: 'running' });
    }
    const reports = await settleAll('stop');
    for (const [index, report] of reports.entries()) {
      expect(report.outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled' });
      expectConfirmed(report, payloads[index]!.kind.name);
      await expectGone(payloads[index]!);
    }
    expect(host.helpers(GUARDIAN)).toHaveLength(1);
  });

  it('a shim that outlived its guardian takes no further command', async () => {
    await expectUsable();
    const dead = host.killHelpers(GUARDIAN);
    await eventually(
      () => !dead.some(isStillThere),
      () => 'the guardian gone',
    );
    await expectUsable();
    const [guardian] = host.helpers(GUARDIAN);
    expect(guardian, 'a new guardian').toBeDefined();
  });

  it('what a killed shim held is ended, and its run settles', async () => {
    host.killHelpers(SHIM);
    const reports = await settleAll();
    for (const [index, report] of reports.entries()) {
      const { kind, file } = payloads[index]!;
      expect(report.success, kind.name).toBe(false);
      expectTrue(report, kind.name);
      await expectGone(payloads[index]!);
      const final = await host.ask<SettledReport>('final', { file });
      expectTrue(final, `${kind.name}, finally`);
      expect(final.cleanup.status).toBe('confirmed');
    }
    await expectUsable();
  });

  it('nobody says confirmed when guardian and shims were killed together and something lives', async () => {
    host.killHelpers(GUARDIAN, SHIM);
    const reports = await settleAll();
    for (const [index, report] of reports.entries()) {
      expect(report.success).toBe(false);
      expectTrue(report, payloads[index]!.kind.name);
    }
    await stage.endSurvivors();
    await expectUsable();
  });
});
