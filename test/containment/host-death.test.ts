// Promised    : however the host ends, and also where a helper of custody is killed with it, nothing of its commands is alive
//               shortly after, kept stragglers included. A worker's commands end with the worker and no others do.
//               In a mere group, the same of whoever stays in it, as long as a guardian lives.
// Not promised: a host that is killed in the same instant as its guardian and every shim: nobody is left to act then.
import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendCapabilities } from '../../src/index.js';
import { eventually } from '../conformance/eventually.js';
import { show } from '../conformance/scene.js';
import { isStillThere, type SeenProcess } from '../programs/oracle.js';
import { CustodyHost, GUARDIAN, SHIM, type HostChoices } from './custody-host.js';
import { describeProcesses, expectGone, GONE_LIMIT_MS } from './expectations.js';
import { hostUsers, payloadKinds, Stage, type Payload, type PayloadKind } from './stage.js';

/** A way to end a host, and what the host's parent must then see of it. */
interface Death {
  readonly name: string;
  readonly end: (host: CustodyHost, stage: Stage) => void | Promise<void>;
  readonly ending: object;
  /** Needs to look into a process of another user. */
  readonly needsRoot?: boolean;
  /** Leaves no guardian, so that only a shim can act. */
  readonly needsShims?: boolean;
}

const helpers: ChildProcess[] = [];

/** Copies of all descriptors of the host live on in another process, as after a fork without exec. */
async function holdDescriptors(host: CustodyHost, stage: Stage): Promise<void> {
  const holder = spawn(stage.tool, ['hold-descriptors', String(host.pid)], { stdio: ['ignore', 'pipe', 'inherit'] });
  helpers.push(holder);
  let said = '';
  holder.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await eventually(
    () => Number(/held (\d+)/.exec(said)?.[1] ?? 0) > 3,
    () => `copies of the host's descriptors: ${said}`,
  );
}

const killed = { code: null, signal: 'SIGKILL' };
const deaths: readonly Death[] = [
  { name: 'process.exit', end: (host) => host.tell('exit'), ending: { code: 3, signal: null } },
  { name: 'an uncaught exception', end: (host) => host.tell('throw'), ending: { code: 1, signal: null } },
  { name: 'the natural end of its loop', end: (host) => host.tell('natural'), ending: { code: 0, signal: null } },
  { name: 'SIGSEGV', end: (host) => host.tell('segv'), ending: { code: null, signal: 'SIGSEGV' } },
  { name: 'SIGKILL', end: (host) => host.kill(), ending: killed },
  {
    name: 'SIGKILL while its loop is blocked',
    end: (host) => {
      host.tell('block', { ms: 10_000 });
      host.kill();
    },
    ending: killed,
  },
  {
    name: 'SIGKILL while copies of its descriptors live on',
    end: async (host, stage) => {
      await holdDescriptors(host, stage);
      host.kill();
    },
    ending: killed,
    needsRoot: true,
  },
  {
    name: 'SIGKILL together with the guardian',
    end: (host) => {
      host.killHelpers(GUARDIAN);
      host.kill();
    },
    ending: killed,
    needsShims: true,
  },
  {
    name: 'SIGKILL together with every shim',
    end: (host) => {
      host.killHelpers(SHIM);
      host.kill();
    },
    ending: killed,
    needsShims: true,
  },
  {
    name: 'SIGKILL some time after the guardian was killed',
    end: async (host) => {
      host.killHelpers(GUARDIAN);
      await eventually(
        () => host.helpers(GUARDIAN).length === 0,
        () => 'no guardian',
      );
      host.kill();
    },
    ending: killed,
    needsShims: true,
  },
  {
    name: 'SIGKILL once another guardian has taken the place of the first',
    end: async (host, stage) => {
      const first = host.killHelpers(GUARDIAN);
      await eventually(
        async () => {
          await host.ask('echo', { file: stage.tool });
          return host.helpers(GUARDIAN).some(({ pid }) => !first.some((killed) => killed.pid === pid));
        },
        () => 'another guardian',
      );
      host.kill();
    },
    ending: killed,
  },
];

const inUse = deaths.filter(({ needsRoot }) => {
  if (needsRoot !== true || process.getuid?.() === 0) return true;
  console.warn('NOT TESTED: copies of descriptors, because the suite does not run as root');
  return false;
});

interface Mechanism {
  readonly mechanism: string;
  readonly choices: HostChoices;
  readonly kinds: readonly PayloadKind[];
  readonly deaths: readonly Death[];
  /** Whether each payload has a helper of its own. */
  readonly hasShims: boolean;
}

const mechanisms: readonly Mechanism[] = [
  { mechanism: 'by default', choices: {}, kinds: payloadKinds, deaths: inUse, hasShims: true },
  {
    mechanism: 'in groups',
    choices: { containment: 'group' },
    kinds: payloadKinds.filter(({ escapesGroup }) => escapesGroup !== true),
    deaths: inUse.filter(({ needsShims }) => needsShims !== true),
    hasShims: false,
  },
];

/** What a leader leaves behind is kept, so that it is there when the host ends. */
function optionsOf({ leaves }: PayloadKind): object {
  return leaves === true ? { stragglers: 'report' } : {};
}

async function startAll(host: CustodyHost, payloads: readonly Payload[], where: 'main' | 'worker'): Promise<void> {
  await Promise.all(payloads.map((payload) => host.start(payload, optionsOf(payload.kind), where)));
  for (const payload of payloads) {
    await eventually(
      () => payload.members().length > 0,
      () => `members of ${payload.kind.name}`,
    );
  }
}

/** What the oracle still saw of each payload when the limit had passed. */
async function survivorsOf(payloads: readonly Payload[]): Promise<Map<string, string>> {
  const end = performance.now() + GONE_LIMIT_MS;
  const survivors = (): Payload[] => payloads.filter((payload) => payload.members().length > 0);
  await eventually(
    () => survivors().length === 0 || performance.now() > end,
    () => '',
    2 * GONE_LIMIT_MS,
  );
  return new Map(survivors().map((payload) => [payload.kind.name, describeProcesses(payload.members())]));
}

/** All helpers of a host, once there are so many. */
function helpersOf(host: CustodyHost, count: number): readonly SeenProcess[] | undefined {
  const found = [...host.helpers(GUARDIAN), ...host.helpers(SHIM)];
  return found.length >= count ? found : undefined;
}

describe.each(hostUsers)('as $name', (user) => {
  describe.each(mechanisms)('$mechanism', ({ choices, kinds, deaths, hasShims }) => {
    // One host has every payload at once, as hosts do; each is judged by itself.
    describe.each(deaths)('$name', ({ end, ending }) => {
      let stage: Stage;
      let host: CustodyHost | undefined;
      let ownHelpers: readonly SeenProcess[] = [];
      let survivors = new Map<string, string>();

      beforeAll(async () => {
        stage = new Stage();
        host = await CustodyHost.start(stage, user, choices);
        const payloads = kinds.map((kind) => stage.payload(kind, user));
        await startAll(host, payloads, 'main');
        // A group does not wait until its guardian has got as far as to call itself one.
        ownHelpers = await eventually(
          () => helpersOf(host!, hasShims ? payloads.length + 1 : 1),
          () => 'helpers of custody',
        );
        await end(host, stage);
        expect(await host.ending, host.stderr).toMatchObject(ending);
        survivors = await survivorsOf(payloads);
      });

      afterAll(async () => {
        await host?.close();
        for (const helper of helpers.splice(0)) helper.kill('SIGKILL');
        await stage.close();
      });

      it.each(kinds)('$name does not outlive it', ({ name }) => {
        expect(survivors.get(name) ?? 'nothing').toBe('nothing');
      });

      it('no helper of custody outlives it', async () => {
        await eventually(
          () => !ownHelpers.some(isStillThere),
          () => `no helper; there are ${show(ownHelpers.filter(isStillThere))}`,
        );
      });
    });
  });

  it('ends the commands of a worker with worker.terminate() and no others', async () => {
    const stage = new Stage();
    const host = await CustodyHost.start(stage, user);
    try {
      const own = stage.payload({ name: 'setsid' }, user);
      await host.start(own);
      const payloads = payloadKinds.map((kind) => stage.payload(kind, user));
      await startAll(host, payloads, 'worker');
      await host.ask('terminate');
      expect(Object.fromEntries(await survivorsOf(payloads))).toEqual({});
      expect(await host.ask('state', { file: own.file })).toEqual({ state: 'running' });
      expect(own.members().length, 'the command of the main thread').toBe(2);
      expect(await host.ask('echo', { file: stage.tool })).toMatchObject({ outcome: { kind: 'exited', exitCode: 0 } });
    } finally {
      await host.close();
      await stage.close();
    }
  });

  it.each([
    { what: 'a guardian', environment: {}, hostCrash: 'escaped' },
    { what: 'no guardian', environment: { CUSTODY_GUARDIAN_FILE: '/no/guardian' }, hostCrash: 'all' },
  ])('capabilities() tell what a crash leaves of a group with $what', async ({ environment, hostCrash }) => {
    const stage = new Stage();
    const host = await CustodyHost.start(stage, user, { containment: 'group', environment });
    try {
      const found = await host.ask<BackendCapabilities>('capabilities');
      expect(found.containment.group).toMatchObject({ available: true, hostCrash });
      const payload = stage.payload({ name: 'plain' }, user);
      await host.start(payload);
      const pids = (): number[] => payload.members().map(({ pid }) => pid);
      const started = pids();
      host.kill();
      await host.ending;
      if (hostCrash === 'all') expect(pids()).toEqual(started);
      else await expectGone(payload);
    } finally {
      await host.close();
      await stage.close();
    }
  });
});
