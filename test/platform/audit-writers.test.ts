// Promised    : processes that write one store make one chain, also when one of them is killed, at whatever moment.
// Not promised: that what a process had not written yet when it was killed is there.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAuditStore, type AuditHealth, type AuditRecord } from '../../src/audit/index.js';

const root = join(import.meta.dirname, '..', '..');
/** Below the package, so that the bundle finds what it leaves outside. */
const bundleFolder = join(root, 'build', `audit-${String(process.pid)}`);
const bundle = join(bundleFolder, 'audit.js');
const faultyBundle = join(bundleFolder, 'faulty', 'audit.js');
const faultyWorker = join(bundleFolder, 'faulty', 'audit', 'writer-worker.js');
const program = join(root, 'test', 'programs', 'audit-writer.mjs');
const folder = mkdtempSync(join(tmpdir(), 'custody-writers-'));
const isLong = process.env.CUSTODY_TEST_LONG === '1';

beforeAll(async () => {
  await build({
    entry: {
      audit: join(root, 'src', 'audit', 'index.ts'),
      'audit/writer-worker': join(root, 'src', 'audit', 'writer-worker.ts'),
    },
    outDir: bundleFolder,
    format: 'esm',
    // The thread is looked for under the name that the package gives it.
    outExtension: () => ({ js: '.js' }),
    target: 'node20',
    platform: 'node',
    splitting: false,
    config: false,
    silent: true,
  });
  // The same package with a thread in which things go wrong.
  mkdirSync(dirname(faultyWorker), { recursive: true });
  copyFileSync(bundle, faultyBundle);
  const faults = pathToFileURL(join(root, 'test', 'programs', 'audit-faults.mjs')).href;
  writeFileSync(faultyWorker, `import ${JSON.stringify(faults)};\nimport '../../audit/writer-worker.js';\n`);
});

afterAll(() => {
  rmSync(bundleFolder, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

/** The same writer, killed by its thread at some call of the thread's. */
function writerKilledInThread(file: string, count: number, stage: number): ChildProcess {
  return spawn(process.execPath, [program, pathToFileURL(faultyBundle).href, file, 'cut', String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', AUDIT_FAULT: `kill ${stage}` },
  });
}

function writer(file: string, name: string, count: number, stage?: number): ChildProcess {
  const args = [
    program,
    pathToFileURL(bundle).href,
    file,
    name,
    String(count),
    ...(stage === undefined ? [] : [String(stage)]),
  ];
  return spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

/** The records of a chain that holds. */
async function checked(file: string): Promise<readonly AuditRecord[]> {
  const store = openAuditStore({ file });
  try {
    const records: AuditRecord[] = [];
    for await (const some of store.export()) records.push(...some);
    expect(await store.verify()).toMatchObject({ valid: true, problem: null, checked: records.length });
    return records;
  } finally {
    await store.close();
  }
}

function idsOf(records: readonly AuditRecord[], name: string): readonly string[] {
  return records.map(({ event }) => String(event['executionId'])).filter((id) => id.startsWith(`${name}-`));
}

const WRITERS = 8;
/** Enough for each to get a thread. */
const RECORDS = isLong ? 1_000 : 180;

/** More calls of the database than a writer of four records makes. */
const LAST_STAGE = 60;

describe('AUD-10: several processes', () => {
  it(
    `${WRITERS} writers, one of them killed at random: one chain, complete and in order for all others`,
    { timeout: 120_000 },
    async () => {
      const file = join(folder, 'shared.db');
      const names = Array.from({ length: WRITERS }, (_, index) => `w${index}`);
      const writers = names.map((name) => writer(file, name, RECORDS));
      const victim = Math.floor(Math.random() * WRITERS);
      // After some line or other of its own, so in the midst of its writing.
      let linesLeft = 1 + Math.floor(Math.random() * (RECORDS / 20 - 1));
      writers[victim]!.stdout!.on('data', () => {
        linesLeft -= 1;
        if (linesLeft === 0) writers[victim]!.kill('SIGKILL');
      });
      const ends = await Promise.all(writers.map(async (child) => (await once(child, 'close')) as [number | null]));
      expect(ends.map(([code]) => code).filter((_, index) => index !== victim)).toEqual(Array(WRITERS - 1).fill(0));
      const records = await checked(file);
      for (const [index, name] of names.entries()) {
        const ids = idsOf(records, name);
        const all = Array.from({ length: RECORDS }, (_, record) => `${name}-${record}`);
        // What is there of the victim is a beginning of what it wrote.
        expect(ids).toEqual(index === victim ? all.slice(0, ids.length) : all);
      }
    },
  );

  it(
    'killed at every stage of opening and writing: the chain holds, and the next writer goes on',
    { timeout: 120_000 },
    async () => {
      const step = isLong ? 1 : 4;
      const stages = Array.from({ length: Math.ceil(LAST_STAGE / step) }, (_, index) => 1 + index * step);
      const left = await Promise.all(
        stages.map(async (stage) => {
          const file = join(folder, `stage-${stage}.db`);
          const [code] = (await once(writer(file, 'cut', 4, stage), 'close')) as [number | null];
          const records = existsSync(file) ? idsOf(await checked(file), 'cut').length : 0;
          const store = openAuditStore({ file });
          store.append({ version: 1, eventType: 'records_dropped', count: 1, reason: 'next' });
          await store.close();
          expect(await checked(file)).toHaveLength(records + 1);
          return { code, records };
        }),
      );
      // A transaction is there or not, never in part. The first stages die with nothing written, the last one lives.
      expect(left.filter(({ records }) => records !== 0 && records !== 4)).toEqual([]);
      expect(left[0]).toEqual({ code: null, records: 0 });
      expect(left.at(-1)).toEqual({ code: 0, records: 4 });
      expect(left.some(({ code, records }) => code === null && records === 4)).toBe(true);
    },
  );

  it('writes at exit what was queued, also when an exception ends the process', { timeout: 120_000 }, async () => {
    for (const [name, ending] of [
      ['exit', 'process.exit(3)'],
      ['throw', "throw new Error('fatal')"],
      ['end', ''],
    ] as const) {
      const file = join(folder, `${name}.db`);
      const event = `{ version: 1, eventType: 'command_cleanup', executionId: '${name}-1' }`;
      const code = `import { openAuditStore } from ${JSON.stringify(pathToFileURL(bundle).href)};
        openAuditStore({ file: ${JSON.stringify(file)} }).append(${event}); ${ending}`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
      await once(child, 'close');
      expect(idsOf(await checked(file), name), name).toHaveLength(1);
    }
  });
});

/** Writes until the thread has taken over, leaves it a batch that it has not reported and more behind that, and ends. */
function endingWith(file: string, ending: string): string {
  return `import { openAuditStore } from ${JSON.stringify(pathToFileURL(bundle).href)};
    const store = openAuditStore({ file: ${JSON.stringify(file)} });
    let count = 0;
    const append = (more) => {
      for (let index = 0; index < more; index += 1, count += 1) {
        store.append({ version: 1, eventType: 'command_cleanup', executionId: 'thread-' + count });
      }
    };
    while (store.health().writes !== 'thread') {
      append(20);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    append(1_500);
    const { queued } = store.health();
    const flushed = store.flush();
    append(10);
    process.on('exit', () => process.stdout.write(queued + ' ' + count));
    ${ending}`;
}

describe('AUD-10: the thread that writes', () => {
  it.each([
    ['process.exit', 'process.exit(3)', 3],
    ['an exception nobody caught', "setImmediate(() => { throw new Error('fatal'); })", 1],
    ['its own end, with nobody waiting', '', 0],
    ['close', 'await store.close()', 0],
  ])(
    'is waited for when the process ends by %s: all is there once and in order',
    { timeout: 120_000 },
    async (_n, ending, code) => {
      const file = join(folder, `thread-${code}-${ending.length}.db`);
      const child = spawn(process.execPath, ['--input-type=module', '-e', endingWith(file, ending)], {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, NODE_OPTIONS: '' },
      });
      let told = '';
      child.stdout.on('data', (bytes: Buffer) => (told += bytes.toString()));
      expect(await once(child, 'close')).toEqual([code, null]);
      const [queued = 0, count = 0] = told.split(' ').map(Number);
      expect(queued).toBeGreaterThanOrEqual(1_500);
      const all = Array.from({ length: count }, (_, index) => `thread-${index}`);
      expect(idsOf(await checked(file), 'thread')).toEqual(all);
    },
  );
});

describe('AUD-10: the process', () => {
  it(
    'killed at every stage of opening and writing in the thread: batches are there or not',
    { timeout: 120_000 },
    async () => {
      const [total, perBatch, byHost, lastStage] = [180, 20, 100, 100];
      const step = isLong ? 1 : 11;
      const stages = Array.from({ length: Math.ceil(lastStage / step) }, (_, index) => 1 + index * step);
      const left = await Promise.all(
        stages.map(async (stage) => {
          const file = join(folder, `thread-stage-${stage}.db`);
          const [code] = (await once(writerKilledInThread(file, total, stage), 'close')) as [number | null];
          const ids = idsOf(await checked(file), 'cut');
          expect(ids).toEqual(Array.from({ length: ids.length }, (_, record) => `cut-${record}`));
          return { code, records: ids.length };
        }),
      );
      expect(left.filter(({ records }) => records % perBatch !== 0 || records < byHost)).toEqual([]);
      expect(left[0]?.code).toBeNull();
      expect(left.some(({ code, records }) => code === null && records > left[0]!.records)).toBe(true);
      expect(left.at(-1)).toEqual({ code: 0, records: total });
    },
  );
});

interface Told {
  readonly count: number;
  readonly health: AuditHealth;
}

/** Runs `audit-thread.mjs` with a fault, and returns what it said when the chain has been checked: all once, and in order. */
async function faulty(fault: string, ask: string, holdMs = 300): Promise<Told> {
  const file = join(folder, `${fault.replace(' ', '-')}-${ask}-${holdMs}.db`);
  const args = [join(root, 'test', 'programs', 'audit-thread.mjs'), pathToFileURL(faultyBundle).href, file, ask];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', AUDIT_FAULT: fault, AUDIT_HOLD_MS: String(holdMs) },
  });
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  expect(await once(child, 'close'), `${fault}, ${ask}`).toEqual([0, null]);
  const told = JSON.parse(text) as Told;
  const all = Array.from({ length: told.count }, (_, index) => `thread-${index}`);
  expect(idsOf(await checked(file), 'thread'), `${fault}, ${ask}`).toEqual(all);
  return told;
}

/** Commits of the thread: making the store ready is none, the file is there already. */
const FIRST_BATCH = 1;

describe('AUD-10: a thread that', () => {
  it('is in the midst of its commit is waited for by whoever asks, and by the exit', { timeout: 120_000 }, async () => {
    const asked = ['flush', 'flushSync', 'close', 'find', 'exit'];
    await Promise.all(asked.map((ask) => faulty(`hold ${FIRST_BATCH}`, ask)));
  });

  it.each(['end-before', 'end-after', 'throw-before', 'throw-after'])(
    'fails at its commit (%s): nothing is lost, nothing is there twice',
    { timeout: 120_000 },
    async (fault) => {
      const asked = ['flush', 'flushSync', 'exit'];
      const told = await Promise.all(asked.map((ask) => faulty(`${fault} ${FIRST_BATCH}`, ask)));
      for (const { health } of told)
        expect(health).toMatchObject({ writes: 'host', queued: 0, dropped: 0, status: 'ok' });
    },
  );

  it('does not come back from its commit is given up, and the host writes', { timeout: 120_000 }, async () => {
    const { health } = await faulty(`hold ${FIRST_BATCH}`, 'exit', 600_000);
    expect(health).toMatchObject({ writes: 'host', queued: 0, dropped: 0 });
  });
});
