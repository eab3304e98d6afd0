// Promised: what is pruned is gone, what stays is a chain that verifies, and nothing else that is missing does.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../../src/audit/record.js';
import { openSqlite, type SqlDatabase } from '../../../src/audit/sqlite-driver.js';
import { hashOf, GENESIS } from '../../../src/audit/chain.js';
import { allRecords, appendRun, AuditScene } from './audit-scene.js';

let scene: AuditScene;

beforeEach(() => {
  scene = new AuditScene();
});
afterEach(() => scene.close());

const MS_PER_DAY = 86_400_000;

/** Makes the first entries older, and the chain anew, as only who writes the file can. */
function age(database: SqlDatabase, through: number, days: number): void {
  let previousHash = GENESIS;
  const rows = database.prepare('SELECT * FROM entries ORDER BY sequence').all();
  for (const row of rows) {
    const sequence = Number(row['sequence']);
    const timestamp =
      sequence > through ? String(row['timestamp']) : new Date(Date.now() - days * MS_PER_DAY).toISOString();
    const hash = hashOf({ sequence, id: String(row['id']), timestamp, event: String(row['event']), previousHash });
    database
      .prepare('UPDATE entries SET timestamp = ?, previous_hash = ?, hash = ? WHERE sequence = ?')
      .run(timestamp, previousHash, hash, sequence);
    previousHash = hash;
  }
  database.prepare('UPDATE head SET hash = ?').run(previousHash);
}

async function fill(runs: number, oldThrough = -1, days = 40): Promise<void> {
  const store = scene.open();
  for (let run = 0; run < runs; run += 1) {
    appendRun(store, {
      executionId: `exec-${run}`,
      ids: { runId: run % 2 === 0 ? 'even' : 'odd' },
      args: [`secret-argument-${run}`],
    });
  }
  await store.close();
  await scene.tamper((database) => {
    age(database, oldThrough, days);
  });
}

describe('AUD-06: pruning by age', () => {
  it('D-31: takes the beginning of the chain and leaves a record of its last sequence and hash, so that the rest verifies', async () => {
    await fill(5, 5);
    const store = scene.open();
    const before = await allRecords(store);
    expect(await store.prune({ olderThanDays: 30 })).toEqual({ removed: 6 });
    const after = await allRecords(store);
    expect(after.map(({ sequence }) => sequence)).toEqual([6, 7, 8, 9, 10]);
    expect(after.at(-1)!.event).toMatchObject({
      eventType: 'records_pruned',
      count: 6,
      through: { sequence: 5, hash: before[5]!.hash },
    });
    expect(await store.verify()).toMatchObject({ valid: true, pruned: 6, checked: 5 });
    expect(await store.prune({ olderThanDays: 30 })).toEqual({ removed: 0 });
    await store.close();
    expect(readFileSync(scene.file, 'latin1')).not.toContain('secret-argument-0');
  });

  it('verifies after it was done again and again, and after all of it', async () => {
    await fill(6, 3);
    const store = scene.open();
    await store.prune({ olderThanDays: 30 });
    await store.close();
    await scene.tamper((database) => {
      database.exec('UPDATE entries SET timestamp = timestamp');
    });
    appendRun(scene.open());
    expect(await scene.open().verify()).toMatchObject({ valid: true, pruned: 4 });
  });

  it('does not make other gaps lawful', async () => {
    await fill(5, 5);
    const store = scene.open();
    await store.prune({ olderThanDays: 30 });
    await scene.tamper((database) => {
      database.exec('DELETE FROM entries WHERE sequence = 6');
    });
    expect((await scene.open().verify()).problem).toMatchObject({ kind: 'gap', sequence: 0 });
  });

  it('gives each record to the archive first, and keeps what the archive refuses', async () => {
    await fill(5, 5);
    const archived: AuditRecord[] = [];
    const refusing = scene.open({ archive: () => Promise.reject(new Error('the archive is full')) });
    await expect(refusing.prune({ olderThanDays: 30 })).rejects.toThrow('the archive is full');
    const store = scene.open({ archive: (records) => void archived.push(...records) });
    expect((await allRecords(store)).length).toBe(10);
    await store.prune({ olderThanDays: 30 });
    expect(archived.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('happens by itself where retentionDays says so, a little with each writing', async () => {
    await fill(5, 5);
    const store = scene.open({ retentionDays: 30 });
    appendRun(store);
    store.flushSync();
    expect((await allRecords(store))[0]!.sequence).toBe(6);
    expect((await store.verify()).valid).toBe(true);
  });

  it.each([0, -1, Number.NaN])('refuses %d days', async (olderThanDays) => {
    await expect(scene.open().prune({ olderThanDays })).rejects.toThrow(/olderThanDays/);
    expect(() => scene.open({ retentionDays: olderThanDays })).toThrow(/retentionDays/);
  });
});

describe('AUD-06: pruning by run', () => {
  it('D-31: leaves tombstones with sequence and hashes and nothing else, which verify', async () => {
    await fill(4);
    const store = scene.open();
    expect(await store.prune({ runId: 'odd' })).toEqual({ removed: 4 });
    expect((await store.find({ runId: 'odd' })).runs).toEqual([]);
    expect(await store.verify()).toMatchObject({ valid: true, tombstones: 4, checked: 9 });
    await store.close();
    const database = openSqlite(scene.file);
    const row = database.prepare('SELECT * FROM entries WHERE sequence = 2').get()!;
    database.close();
    const kept = Object.entries(row).filter(([name, value]) => value !== null && name !== '_metadata');
    expect(kept.map(([name]) => name)).toEqual(['sequence', 'previous_hash', 'hash']);
    expect(readFileSync(scene.file, 'latin1')).not.toContain('secret-argument-1');
  });

  it('takes the id of one execution, too, and one that is not known for nothing', async () => {
    await fill(4);
    const store = scene.open();
    expect(await store.prune({ runId: 'exec-0' })).toEqual({ removed: 2 });
    expect(await store.prune({ runId: 'nobody' })).toEqual({ removed: 0 });
    expect(await store.count()).toBe(3);
  });

  it('makes no other entry a lawful tombstone', async () => {
    await fill(4);
    await scene.open().prune({ runId: 'odd' });
    await scene.tamper((database) => {
      database.exec(`UPDATE entries SET id = NULL, timestamp = NULL, event = NULL, kind = NULL, execution_id = NULL, run_id = NULL,
        command = NULL, failed = NULL WHERE sequence = 4`);
    });
    expect((await scene.open().verify()).problem).toMatchObject({ kind: 'altered', sequence: 4 });
  });
});
