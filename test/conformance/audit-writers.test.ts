// Promised    : processes that write one store make one chain, also when one of them is killed, at whatever moment.
// Not promised: that what a process had not written yet when it was killed is there.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAuditStore, type AuditRecord } from '../../src/audit/index.js';

const root = join(import.meta.dirname, '..', '..');
/** Below the package, so that the bundle finds what it leaves outside. */
const bundleFolder = join(root, 'build', `audit-${String(process.pid)}`);
const bundle = join(bundleFolder, 'audit.js');
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
});

afterAll(() => {
  rmSync(bundleFolder, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

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
const RECORDS = isLong ? 1_000 : 100;

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
