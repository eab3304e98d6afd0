// Promised    : whatever runs and however it ends, and while guardians and shims are killed at random moments, every run
//               settles, no receipt says more than is so, nothing is left, and the executor goes on working.
// Not promised: the outcome of a run whose shim was killed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../conformance/eventually.js';
import { isLong } from '../conformance/describe-backend.js';
import { show } from '../conformance/scene.js';
import { descendantsOf, killSeen, processOf, type SeenProcess } from '../programs/oracle.js';
import { CustodyHost, GUARDIAN, SHIM, type RunReport } from './custody-host.js';
import { describeProcesses, expectTrue, GONE_LIMIT_MS } from './expectations.js';
import { Dice, endingOf, mixedKinds } from './dice.js';
import { hostUsers, Stage, type Payload } from './stage.js';

/** For each user. */
const RUNS = isLong ? 1_000 : 200;
const WIDTH = 6;
/** Pause between two kills of helpers. */
const FAULT_PAUSE_MS = 150;

/** How many shims wait for the next command differs from one look to the next, and each has a socket. */
function countDescriptors(host: CustodyHost): { readonly sockets: number; readonly others: number } {
  const all = host.descriptors();
  const sockets = all.filter((descriptor) => descriptor.includes('socket:')).length;
  return { sockets, others: all.length - sockets };
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

  async function runOne(dice: Dice): Promise<void> {
    const payload = stage.payload(dice.pick(mixedKinds), user);
    const { end, options, flood, early } = endingOf(payload.kind, dice);
    const launch = payload.launch(flood === true ? ['flood'] : []);
    const ready = early === true ? undefined : launch.ready;
    const report = await host.ask<RunReport>('run', { ...launch, ready, options, end });
    const what = `${payload.kind.name} ended by ${show({ end, options })}`;
    expectTrue(report, what);
    expectTrue(report.final!, `${what}, finally`);
    await expectNothingLeft(payload, `${what}: ${show(report)}`);
  }

  async function expectNothingLeft(payload: Payload, what: string): Promise<void> {
    await eventually(
      () => payload.members().length === 0,
      () => `nothing left of ${what}; alive: ${describeProcesses(payload.members())}`,
      GONE_LIMIT_MS,
    );
  }

  /**
   * A helper that may go: a guardian that holds nothing of a shim that was killed, because nobody would end that; or a shim whose
   * guardian lives. A shim that outlived its guardian has no heir.
   */
  function killOneHelper(dice: Dice): boolean {
    const guardians = host.helpers(GUARDIAN).filter(hasShimsOnly);
    const victims = dice.below(4) === 0 ? guardians : host.helpers(SHIM).filter((shim) => hasGuardian(shim.parent));
    if (victims.length === 0) return false;
    killSeen(dice.pick(victims));
    return true;
  }

  /** What a killed shim held are children of the guardian. */
  const hasShimsOnly = ({ pid }: SeenProcess): boolean =>
    descendantsOf(pid).every(({ name, parent }) => name === SHIM || parent !== pid);

  const hasGuardian = (parent: number): boolean => processOf(parent)?.name === GUARDIAN;

  const warmUp = async (): Promise<void> => {
    await Promise.all(Array.from({ length: WIDTH }, () => host.ask('echo', { file: stage.tool })));
  };

  it(`${String(RUNS)} runs lose nothing and leave nothing while helpers are killed`, { timeout: 600_000 }, async () => {
    const seed = 1 + Math.floor(Math.random() * 2 ** 31);
    console.log(`containment mix as ${user.name}: seed ${String(seed)}`);
    const dice = new Dice(seed);
    await warmUp();
    const before = countDescriptors(host);
    let started = 0;
    const over = new AbortController();
    const lane = async (): Promise<void> => {
      while (started < RUNS) {
        started += 1;
        await runOne(dice);
      }
    };
    const faults = (async () => {
      let killed = 0;
      while (!over.signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, FAULT_PAUSE_MS));
        if (killOneHelper(dice)) killed += 1;
      }
      return killed;
    })();
    const endings = await Promise.allSettled(Array.from({ length: WIDTH }, lane));
    over.abort();
    const killed = await faults;
    for (const ending of endings) if (ending.status === 'rejected') throw ending.reason;
    expect(killed, 'helpers that were killed').toBeGreaterThan(RUNS / 50);
    await warmUp();
    await eventually(
      () => {
        const after = countDescriptors(host);
        return after.others <= before.others && after.sockets <= before.sockets + WIDTH;
      },
      () => `the descriptors of before, ${show(before)}; there are ${host.descriptors().join(', ')}`,
    );
  });
});
