// Promised    : `report` names what a leader left, lets the run settle and keeps it in custody: it ends with the host,
//               whatever becomes of the host. `leave` names it and lets go: it outlives a killed host. In a mere group, the
//               same of whoever stays in it.
// Not promised: that what was let go can be ended through its handle.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../conformance/eventually.js';
import { show } from '../conformance/scene.js';
import { isStillThere } from '../programs/oracle.js';
import { CustodyHost, GUARDIAN, SHIM, type HostChoices, type RunReport } from './custody-host.js';
import { expectGone } from './expectations.js';
import { hostUsers, payloadKinds, Stage, type PayloadKind } from './stage.js';

const allLeaving = payloadKinds.filter(({ leaves }) => leaves === true);
const mechanisms: readonly { mechanism: string; choices: HostChoices; leaving: readonly PayloadKind[] }[] = [
  { mechanism: 'by default', choices: {}, leaving: allLeaving },
  {
    mechanism: 'in groups',
    choices: { containment: 'group' },
    leaving: allLeaving.filter(({ escapesGroup }) => escapesGroup !== true),
  },
];
const cells = hostUsers.flatMap((user) => mechanisms.map((mechanism) => ({ user, name: user.name, ...mechanism })));

describe.each(cells)('as $name, $mechanism', ({ user, choices, leaving }) => {
  let stage: Stage;
  let host: CustodyHost;
  /** A process that moves on all the time may not be named by the pid that it has by now. */
  const staysPut = leaving.filter(({ name }) => name !== 'leaves-comet');

  beforeEach(async () => {
    stage = new Stage();
    host = await CustodyHost.start(stage, user, choices);
  });

  afterEach(async () => {
    await host.close();
    await stage.close();
  });

  it.each(leaving)('report keeps what $name left until the host is killed', async (kind) => {
    const payload = stage.payload(kind, user);
    const report = await host.ask<RunReport>('run', {
      ...payload.launch(),
      options: { stragglers: 'report' },
      final: false,
    });
    expect(report).toMatchObject({ outcome: { kind: 'exited', exitCode: 0 }, cleanup: { status: 'kept' } });
    expect(report.alive).not.toEqual([]);
    expect(report.cleanup.survivors).not.toEqual([]);
    // Another command has run from start to end, and it is still there.
    await host.ask('echo', { file: stage.tool });
    expect(payload.members()).not.toEqual([]);
    host.kill();
    await host.ending;
    await expectGone(payload);
  });

  it.each(staysPut)('leave lets go of what $name left, by name, and it outlives the killed host', async (kind) => {
    const payload = stage.payload(kind, user);
    const report = await host.ask<RunReport>('run', {
      ...payload.launch(),
      options: { stragglers: 'leave', drainMs: 100 },
    });
    expect(report).toMatchObject({ outcome: { kind: 'exited', exitCode: 0 }, cleanup: { status: 'kept' } });
    expect(report.final!.cleanup.status).toBe('kept');
    const left = payload.members();
    expect(report.cleanup.survivors.map(({ pid }) => pid)).toEqual(left.map(({ pid }) => pid));
    const guardian = host.helpers(GUARDIAN);
    const shims = host.helpers(SHIM);
    host.kill();
    await host.ending;
    // Once the guardian is gone, nobody is left who would end it.
    await eventually(
      () => !guardian.some(isStillThere),
      () => `no guardian of the dead host; there is ${show(guardian.filter(isStillThere))}`,
    );
    expect(payload.members().map(({ pid }) => pid)).toEqual(left.map(({ pid }) => pid));
    // A shim may stay as the parent of what it let go, and no longer than that.
    await stage.endSurvivors();
    await eventually(
      () => !shims.some(isStillThere),
      () => `no shim; there are ${show(shims.filter(isStillThere))}`,
    );
  });
});
