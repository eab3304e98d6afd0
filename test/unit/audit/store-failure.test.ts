// Promised: a store that cannot be written changes no run and throws at nobody; what it lost is counted, said once and recorded.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditObserver } from '../../../src/audit/audit-observer.js';
import { MAX_QUEUED } from '../../../src/audit/write-queue.js';
import { openSqlite, type OpenDatabase } from '../../../src/audit/sqlite-driver.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';
import { eventually } from '../../conformance/eventually.js';
import { allRecords, appendRun, AuditScene, startOf } from './audit-scene.js';

let scene: AuditScene;

beforeEach(() => {
  scene = new AuditScene();
});
afterEach(() => scene.close());

/** A driver that fails as long as `problem` is set. */
function flakyDriver(state: { problem: string | undefined }): OpenDatabase {
  return (file) => {
    if (state.problem !== undefined) throw new Error(state.problem);
    const database = openSqlite(file);
    return {
      prepare: (sql) => database.prepare(sql),
      close: () => database.close(),
      exec: (sql) => {
        if (state.problem !== undefined && sql.startsWith('BEGIN')) throw new Error(state.problem);
        return database.exec(sql);
      },
    };
  };
}

describe('AUD-04: the file', () => {
  it("is made with its folder, which keeps itself out of the repository and is its owner's alone", () => {
    const store = scene.open();
    expect(existsSync(scene.file)).toBe(false);
    appendRun(store);
    expect(store.flushSync()).toBe(true);
    const folder = dirname(scene.file);
    expect(readFileSync(`${folder}/.gitignore`, 'utf8')).toBe('*\n');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('that is there already is left as it is around the store', () => {
    mkdirSync(dirname(scene.file));
    appendRun(scene.open());
    scene.open().flushSync();
    expect(existsSync(`${dirname(scene.file)}/.gitignore`)).toBe(false);
  });

  it('of a newer custody is read and not written', async () => {
    const first = scene.open();
    appendRun(first);
    await scene.tamper((database) => {
      database.exec('ALTER TABLE entries ADD COLUMN later TEXT; PRAGMA user_version = 99');
    });
    const store = scene.open();
    appendRun(store);
    expect(store.flushSync()).toBe(false);
    expect(scene.problems).toEqual([expect.stringContaining('newer custody')]);
    expect(store.health().status).toBe('degraded');
    const reader = scene.open();
    expect((await reader.find()).runs).toHaveLength(1);
  });
});

describe('AUD-10: writing', () => {
  it('happens later, in order and by itself', async () => {
    const store = scene.open();
    for (let run = 0; run < 100; run += 1) store.append(startOf({ executionId: `exec-${run}` }));
    expect(store.health()).toMatchObject({ queued: 100, status: 'ok' });
    await eventually(
      () => store.health().queued === 0,
      () => JSON.stringify(store.health()),
    );
    const ids = (await allRecords(store)).map(({ event }) => event['executionId']);
    expect(ids).toEqual(Array.from({ length: 100 }, (_, run) => `exec-${run}`));
  });

  it('after close is refused without a word, and counted', async () => {
    const store = scene.open();
    appendRun(store);
    await store.close();
    appendRun(store);
    expect(store.health()).toMatchObject({ status: 'closed', dropped: 2 });
    expect(await allRecords(scene.open())).toHaveLength(2);
  });
});

describe('AUD-11: a store that fails', () => {
  it.each([
    ['is no database', () => writeFileSync(scene.file, 'this is no database, whatever its name says'.repeat(100))],
    [
      'is a database of something else',
      () => {
        const other = openSqlite(scene.file);
        other.exec('CREATE TABLE theirs (a)');
        other.close();
      },
    ],
    ['is a folder', () => mkdirSync(scene.file)],
  ])('because the file %s: says so once, keeps the records, and leaves the file alone', async (_name, spoil) => {
    mkdirSync(dirname(scene.file));
    spoil();
    const store = scene.open();
    appendRun(store);
    expect(store.flushSync()).toBe(false);
    expect(store.flushSync()).toBe(false);
    expect(scene.problems).toHaveLength(1);
    expect(store.health()).toMatchObject({ status: 'degraded', queued: 2, dropped: 0, refusal: null });
    await expect(store.find()).rejects.toThrow();
  });

  it('because its file was removed or replaced while it was open: says so and goes on in the file of that name', async () => {
    const store = scene.open();
    appendRun(store);
    expect(store.flushSync()).toBe(true);
    for (const takeAway of [() => rmSync(scene.file), () => renameSync(scene.file, `${scene.file}.1`)]) {
      scene.problems.length = 0;
      takeAway();
      appendRun(store);
      expect(store.flushSync()).toBe(true);
      expect(scene.problems).toEqual([
        expect.stringMatching(/removed or replaced while it was open, and what its log still held is lost/),
      ]);
      // What an independent reader finds under the name, with a chain of its own.
      const other = scene.open();
      expect(await allRecords(other)).toHaveLength(2);
      expect(await other.verify()).toMatchObject({ valid: true, checked: 2 });
      await other.close();
      expect(await allRecords(store)).toHaveLength(2);
    }
  });

  it('because the disk is full: goes on when there is room, in order and with nothing lost', async () => {
    const store = scene.open();
    appendRun(store, { executionId: 'first' });
    await store.flush();
    await scene.tamper((database) => {
      database.exec('CREATE TABLE ballast (bytes BLOB)');
    });
    let isFull = true;
    const full = scene.open({}, (file) => {
      const database = openSqlite(file);
      const pages = Number(database.prepare('PRAGMA page_count').get()!['page_count']);
      if (isFull) database.exec(`PRAGMA max_page_count = ${pages}`);
      return database;
    });
    for (let run = 0; run < 60; run += 1) appendRun(full, { executionId: `exec-${run}`, args: ['x'.repeat(1_000)] });
    expect(full.flushSync()).toBe(false);
    expect(scene.problems[0]).toMatch(/full/);
    isFull = false;
    expect(full.flushSync()).toBe(true);
    expect(full.health()).toMatchObject({ status: 'ok', queued: 0, dropped: 0 });
    expect(await full.verify()).toMatchObject({ valid: true, checked: 122 });
  });

  it('D-30: in a commit that reached the file all the same: says so, refuses runs, and writes nothing twice', async () => {
    let isOpenable = true;
    const store = scene.open({ onFailure: 'fail-closed' }, (file) => {
      if (!isOpenable) throw new Error('the disk is gone');
      const database = openSqlite(file);
      let isCommit = false;
      return {
        prepare: (sql) => database.prepare(sql),
        close: () => database.close(),
        exec: (sql) => {
          database.exec(sql);
          // Making the store ready is a commit as well; a batch begins after it.
          if (sql === 'COMMIT' && isCommit && isOpenable) {
            isOpenable = false;
            throw new Error('the disk is gone');
          }
          isCommit ||= sql === 'COMMIT';
        },
      };
    });
    for (let run = 0; run < 5; run += 1) appendRun(store, { executionId: `exec-${run}` });
    expect(store.flushSync()).toBe(false);
    const reader = scene.open();
    expect(await allRecords(reader)).toHaveLength(10);
    expect(store.health()).toMatchObject({ status: 'degraded', queued: 10 });
    expect(store.health().refusal).toMatch(/disk/);
    expect(store.flushSync()).toBe(false);
    isOpenable = true;
    appendRun(store, { executionId: 'exec-5' });
    expect(store.flushSync()).toBe(true);
    await eventually(
      () => store.health().refusal === null,
      () => JSON.stringify(store.health()),
    );
    expect(store.health()).toMatchObject({ status: 'ok', queued: 0, dropped: 0 });
    const ids = (await allRecords(reader)).map(({ event }) => event['executionId']);
    expect(ids).toEqual(Array.from({ length: 6 }, (_, run) => [`exec-${run}`, `exec-${run}`]).flat());
    expect(await reader.verify()).toMatchObject({ valid: true });
  });

  it('D-30: degrade: keeps a bounded number of records and records how many it lost', { timeout: 60_000 }, async () => {
    const state: { problem: string | undefined } = { problem: 'the driver is gone' };
    const store = scene.open({}, flakyDriver(state));
    for (let record = 0; record < MAX_QUEUED + 5; record += 1) store.append(startOf());
    store.flushSync();
    expect(store.health()).toMatchObject({ queued: MAX_QUEUED, dropped: 5, refusal: null });
    state.problem = undefined;
    expect(store.flushSync()).toBe(true);
    const records = await allRecords(store);
    expect(records).toHaveLength(MAX_QUEUED + 1);
    expect(
      records.filter(({ event }) => event.eventType === 'records_dropped').map(({ event }) => event['count']),
    ).toEqual([5]);
  });

  it('D-30: fail-closed: refuses runs while it cannot write, and takes them again when it can', async () => {
    const state: { problem: string | undefined } = { problem: 'the driver is gone' };
    const store = scene.open({ onFailure: 'fail-closed' }, flakyDriver(state));
    const { runner, backend } = createMemoryScene({ observers: [auditObserver(store)] });
    const refused = await runner.run('make');
    expect(refused.outcome).toMatchObject({ error: { code: 'OBSERVER_UNAVAILABLE' } });
    expect(backend.launches).toEqual([]);
    state.problem = undefined;
    await eventually(
      () => store.health().refusal === null,
      () => JSON.stringify(store.health()),
    );
    const pending = runner.run('make');
    backend.last.start().exit(0);
    expect((await pending).success).toBe(true);
    expect((await store.find()).runs.map(({ record }) => record.event['outcome'])).toEqual(['exited', 'not-started']);
  });

  it('changes no result and rejects nothing', async () => {
    const store = scene.open({}, () => {
      throw new Error('no SQLite here');
    });
    const { runner, backend } = createMemoryScene({ observers: [auditObserver(store)] });
    const pending = runner.run('make');
    backend.last.start().write('stdout', 'out').exit(3);
    const { exitCode, stdout } = await pending;
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: 'out' });
    expect(runner.health().problems).toEqual([]);
    store.flushSync();
    expect(runner.health().problems).toEqual(['the audit store cannot be written: no SQLite here']);
  });
});
