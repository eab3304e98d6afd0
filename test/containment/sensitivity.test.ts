// Promised    : this suite can fail. With a plain group kill in place of the tree, the oracle finds alive exactly those
//               payloads that leave their group, and custody does not say `confirmed` of any of them.
// Not promised: anything about the code under test beyond that.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CustodyHost, type RunReport } from './custody-host.js';
import { expectTrue } from './expectations.js';
import { hostUsers, payloadKinds, Stage } from './stage.js';

const staying = payloadKinds.filter(({ leaves }) => leaves !== true);
/** A comet and a storm may be met in an instant in which no member is outside of the group. */
const escaping = staying.filter(({ name, escapesGroup }) => escapesGroup === true && name !== 'storm');

describe.each(hostUsers)('as $name', (user) => {
  let stage: Stage;
  let host: CustodyHost;

  beforeEach(async () => {
    stage = new Stage();
    host = await CustodyHost.start(stage, user, { containment: 'group' });
  });

  afterEach(async () => {
    await host.close();
    await stage.close();
  });

  it.each(escaping)('the oracle sees $name outlive the kill of its group', async (kind) => {
    const payload = stage.payload(kind, user);
    const report = await host.ask<RunReport>('run', {
      ...payload.launch(),
      options: { graceMs: 0, drainMs: 100 },
      end: 'kill',
    });
    expectTrue(report, kind.name);
    expect(report.cleanup.status).not.toBe('confirmed');
    expect(report.alive, 'seen by the host in the turn of the result').not.toEqual([]);
    expect(payload.members(), 'seen by the suite').not.toEqual([]);
  });

  it.each(escaping)('the oracle sees $name outlive a killed host', async (kind) => {
    const payload = stage.payload(kind, user);
    await host.start(payload);
    host.kill();
    await host.ending;
    expect(payload.members()).not.toEqual([]);
    // What ends a payload between the tests is able to end this one, too.
    await stage.endSurvivors();
    expect(payload.members()).toEqual([]);
  });
});
