// Promised    : a machine that has run out of descriptors, processes or memory loses no run and no process. Whatever call of
//               custody fails, in the host, the guardian or a shim: the run settles, as one that was refused and says why
//               or as what it was; no receipt says more than is so, nothing is left, and once there is room again the
//               executor works and holds no more than before.
// Not promised: that a run which met a shortage starts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isLong } from '../conformance/describe-backend.js';
import { eventually } from '../conformance/eventually.js';
import { show } from '../conformance/scene.js';
import { zombiesOf } from '../programs/oracle.js';
import { CustodyHost, GUARDIAN, SHIM, type Holdings, type RunReport, type SettledReport } from './custody-host.js';
import { Dice, endingOf, mixedKinds } from './dice.js';
import { expectConfirmed, expectGone, expectTrue } from './expectations.js';
import { Faults } from './faults.js';
import { hostUsers, Stage } from './stage.js';

/** For each user. */
const RUNS = isLong ? 1_000 : 200;
const WIDTH = 6;
/** A run makes some dozens of calls, and its end some hundreds where there is a tree to be ended. */
const ONE_CALL_IN = 12;
/** Calls of one command or of one stop; more than there are. */
const MAX_CALLS = 400;

describe.each(hostUsers)('as $name', (user) => {
  let stage: Stage;
  let faults: Faults;
  let host: CustodyHost;

  beforeEach(async () => {
    stage = new Stage();
    faults = new Faults(stage);
    host = await CustodyHost.start(stage, user, { environment: faults.environment });
  });

  afterEach(async () => {
    await host.close();
    faults.close();
    await stage.close();
  });

  const echo = (): Promise<RunReport> => host.ask<RunReport>('echo', { file: stage.tool });

  async function expectUsable(what: string): Promise<void> {
    const answers = await Promise.all(Array.from({ length: WIDTH }, echo));
    for (const answer of answers) {
      expect(answer, what).toMatchObject({
        outcome: { kind: 'exited', exitCode: 0 },
        cleanup: { status: 'confirmed', mechanism: 'shim' },
      });
    }
    expect(host.helpers(GUARDIAN), what).toHaveLength(1);
    // A guardian that fails is collected by a launch after its end, which comes a little later than that of its connection.
    await eventually(
      async () => {
        if (zombiesOf(host.pid).length > 0) await echo();
        return zombiesOf(host.pid).length === 0;
      },
      () => `${what}\nzombies: ${show(zombiesOf(host.pid))}`,
    );
  }

  /** How many shims wait for the next command differs, and each has a socket. */
  async function holdings(): Promise<Holdings & { readonly sockets: number }> {
    const sockets = host.descriptors().filter((descriptor) => descriptor.includes('socket:')).length;
    const all = await host.ask<Holdings>('holdings');
    return { ...all, descriptors: all.descriptors - sockets, sockets };
  }

  function expectHonest({ outcome }: RunReport, what: string): void {
    if (outcome.kind === 'not-started') {
      // While one launch is tried again the gate lets nobody in, which may take longer than a run wants to wait.
      if (outcome.cause === undefined)
        expect(String(outcome.error), what).toMatch(/^(RESOURCE_LIMIT|CONCURRENCY_LIMIT): /);
      return;
    }
    expect(outcome.kind, what).not.toBe('lost');
  }

  async function runOne(dice: Dice): Promise<void> {
    const payload = stage.payload(dice.pick(mixedKinds), user);
    const { end, options, flood, early } = endingOf(payload.kind, dice);
    const launch = payload.launch(flood === true ? ['flood'] : []);
    const ready = early === true ? undefined : launch.ready;
    const report = await host.ask<RunReport>('run', { ...launch, ready, options, end });
    const what = `${payload.kind.name} ended by ${show({ end, options })}: ${show(report)}`;
    expectHonest(report, what);
    expectTrue(report, what);
    expectTrue(report.final!, `finally, ${what}`);
    await expectGone(payload);
  }

  it(`${String(RUNS)} runs lose nothing and leave nothing while calls fail`, { timeout: 600_000 }, async () => {
    const seed = 1 + Math.floor(Math.random() * 2 ** 31);
    console.log(`faults as ${user.name}: seed ${String(seed)}`);
    const dice = new Dice(seed);
    await expectUsable('before');
    const before = await holdings();
    faults.failOneIn(ONE_CALL_IN, seed);
    let started = 0;
    const lane = async (): Promise<void> => {
      while (started < RUNS) {
        started += 1;
        await runOne(dice);
      }
    };
    const endings = await Promise.allSettled(Array.from({ length: WIDTH }, lane));
    faults.stop();
    for (const ending of endings) if (ending.status === 'rejected') throw ending.reason;
    const count = faults.count();
    console.log(`calls that failed: ${show(count)}`);
    expect(count.inHost).toBeGreaterThan(RUNS / 20);
    expect(count.inHelpers).toBeGreaterThan(RUNS / 20);
    await expectUsable('afterwards');
    const after = await holdings();
    expect(after.threads).toBeLessThanOrEqual(before.threads);
    expect(after.descriptors).toBeLessThanOrEqual(before.descriptors);
    expect(after.sockets).toBeLessThanOrEqual(before.sockets + WIDTH);
  });

  it('whichever call of a first command fails, the command runs or is refused, and the next one works', async () => {
    const failed = new Set<string>();
    for (let call = 1; call < MAX_CALLS; call += 1) {
      if (host.helpers(GUARDIAN).length > 0) host.killHelpers(GUARDIAN, SHIM);
      faults.failNth(call);
      const answer = await echo();
      if (faults.stop()) break;
      failed.add(faults.last());
      const what = `call ${String(call)}, ${faults.last()}: ${show(answer)}`;
      expectHonest(answer, what);
      if (answer.outcome.kind === 'exited') expect(answer, what).toMatchObject({ outcome: { exitCode: 0 } });
      await expectUsable(what);
    }
    console.log(`calls that failed: ${[...failed].join(', ')}`);
    expect(failed.size).toBeGreaterThan(10);
  });

  it('whichever call of a stop fails, the tree is ended and its receipt is true', async () => {
    const failed = new Set<string>();
    for (let call = 1; call < MAX_CALLS; call += 1) {
      const payload = stage.payload(
        mixedKinds.find(({ name }) => name === 'setsid')!,
        user,
      );
      await host.start(payload);
      faults.failNth(call);
      const report = await host.ask<SettledReport>('settle', { file: payload.file, end: 'kill' });
      const what = `call ${String(call)}, ${faults.last()}: ${show(report)}`;
      expect(report.outcome, what).toMatchObject({ kind: 'stopped', cause: 'cancelled' });
      expectConfirmed(report, what);
      await expectGone(payload);
      if (faults.stop()) break;
      failed.add(faults.last());
    }
    console.log(`calls that failed: ${[...failed].join(', ')}`);
    expect(failed.size).toBeGreaterThan(3);
  });
});
