// Promised    : any change to a record, whether it is edited, taken out, exchanged or put in, is found and named.
// Not promised: that somebody who writes the file cannot compute a new chain. Signed checkpoints are for that.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SqlDatabase, SqlRow, SqlValue } from '../../../src/audit/sqlite-driver.js';
import { allRecords, appendRun, AuditScene, startOf } from './audit-scene.js';

let scene: AuditScene;

beforeEach(() => {
  scene = new AuditScene();
});
afterEach(() => scene.close());

const RUNS = 10;
/** Start and end of each. */
const RECORDS = 2 * RUNS;

async function fill(): Promise<void> {
  const store = scene.open();
  for (let run = 0; run < RUNS; run += 1)
    appendRun(store, { executionId: `exec-${run}`, ids: { runId: `r-${run % 3}` } });
  await store.close();
}

/** Numbers that are the same in every run of the test. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const COLUMNS =
  'id timestamp event previous_hash hash kind execution_id run_id session_id task_id tool_call_id command failed';

function edit(database: SqlDatabase, roll: (sides: number) => number): void {
  const names = COLUMNS.split(' ');
  const name = names[roll(names.length)]!;
  const sequence = roll(RECORDS);
  const before = database.prepare(`SELECT ${name} AS value FROM entries WHERE sequence = ?`).get(sequence)!['value']!;
  let after: SqlValue;
  if (typeof before === 'string') {
    const at = roll(before.length);
    after = before.slice(0, at) + (before[at] === 'x' ? 'y' : 'x') + before.slice(at + 1);
  } else after = name === 'failed' ? (before === 0 ? 1 : 0) : 'x';
  database.prepare(`UPDATE entries SET ${name} = ? WHERE sequence = ?`).run(after, sequence);
}

function swap(database: SqlDatabase, roll: (sides: number) => number): void {
  const first = roll(RECORDS);
  const second = (first + 1 + roll(RECORDS - 1)) % RECORDS;
  const move = database.prepare('UPDATE entries SET sequence = ? WHERE sequence = ?');
  move.run(-5, first);
  move.run(first, second);
  move.run(second, -5);
}

function insert(database: SqlDatabase, roll: (sides: number) => number): void {
  const from = roll(RECORDS + 1);
  database.exec(`UPDATE entries SET sequence = -sequence - 1 WHERE sequence >= ${from}`);
  database.exec(`UPDATE entries SET sequence = -sequence WHERE sequence < 0`);
  const row: SqlRow = database.prepare('SELECT * FROM entries LIMIT 1 OFFSET ?').get(roll(RECORDS))!;
  const { _metadata, ...copy } = { ...row, sequence: from } as Record<string, SqlValue>;
  const names = Object.keys(copy);
  database
    .prepare(`INSERT INTO entries (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
    .run(...Object.values(copy));
}

const ATTACKS: readonly (readonly [string, (database: SqlDatabase, roll: (sides: number) => number) => void])[] = [
  ['edit of one field', edit],
  ['deletion', (database, roll) => database.prepare('DELETE FROM entries WHERE sequence = ?').run(roll(RECORDS))],
  ['exchange of two', swap],
  ['insertion', insert],
];

describe('AUD-09: verify', () => {
  it('holds for a chain as it was written, from sequence 0 and GENESIS, and for none', async () => {
    expect(await scene.open().verify()).toMatchObject({ valid: true, checked: 0, end: { sequence: -1 } });
    await fill();
    const store = scene.open();
    expect(await store.verify()).toMatchObject({
      valid: true,
      problem: null,
      checked: RECORDS,
      end: { sequence: RECORDS - 1 },
    });
    const records = await allRecords(store);
    expect(records[0]).toMatchObject({ sequence: 0, previousHash: 'GENESIS' });
  });

  it('has a hash that anybody can compute from the documented parts', async () => {
    await fill();
    const records = await allRecords(scene.open());
    const sorted = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(sorted);
      if (typeof value !== 'object' || value === null) return value;
      const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
      return Object.fromEntries(entries.map(([name, part]) => [name, sorted(part)]));
    };
    for (const { hash, ...parts } of records) {
      expect(
        createHash('sha256')
          .update(JSON.stringify(sorted(parts)))
          .digest('base64'),
      ).toBe(hash);
    }
  });

  it.each(ATTACKS)('finds each of 50 random attacks: %s', async (_name, attack) => {
    await fill();
    await scene.tamper((database) => {
      database.exec('CREATE TABLE kept AS SELECT * FROM entries');
    });
    const roll = dice(7);
    for (let round = 0; round < 50; round += 1) {
      await scene.tamper((database) => {
        database.exec('DELETE FROM entries; INSERT INTO entries SELECT * FROM kept');
      });
      if (round === 0) expect((await scene.open().verify()).problem).toBeNull();
      await scene.tamper((database) => {
        attack(database, roll);
      });
      const { valid, problem } = await scene.open().verify();
      expect(valid, `round ${round}`).toBe(false);
      expect(problem!.detail).not.toBe('');
    }
  });

  it.each([
    ['DELETE FROM entries WHERE sequence = 7', { kind: 'gap', sequence: 7 }],
    ['DELETE FROM entries WHERE sequence = 0', { kind: 'gap', sequence: 0 }],
    ['DELETE FROM entries WHERE sequence > 10', { kind: 'gap', sequence: 11 }],
    ["UPDATE entries SET previous_hash = 'x' WHERE sequence = 3", { kind: 'broken-link', sequence: 3 }],
    ["UPDATE entries SET event = replace(event, 'make', 'fake') WHERE sequence = 4", { kind: 'altered', sequence: 4 }],
    ['UPDATE entries SET run_id = NULL WHERE sequence = 5', { kind: 'altered', sequence: 5 }],
    [
      'UPDATE entries SET event = NULL, id = NULL, timestamp = NULL WHERE sequence = 6',
      { kind: 'altered', sequence: 6 },
    ],
    ['UPDATE head SET sequence = 5', { kind: 'broken-link', sequence: 6 }],
    ['DELETE FROM entries', { kind: 'gap', sequence: 0 }],
  ])('names what is wrong and where: %s', async (sql, problem) => {
    await fill();
    await scene.tamper((database) => {
      database.exec(sql);
    });
    expect((await scene.open().verify()).problem).toMatchObject(problem);
  });

  it('goes on from the last hash that was stored, so that a tail cut off stays missing', async () => {
    await fill();
    await scene.tamper((database) => {
      database.exec('DELETE FROM entries WHERE sequence > 10');
    });
    const store = scene.open();
    appendRun(store);
    expect((await store.verify()).problem).toMatchObject({ kind: 'gap', sequence: 11 });
  });
});

describe('AUD-09: a signed checkpoint', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const own = publicKey.export({ type: 'spki', format: 'pem' }).toString();

  it('is verified with the public key, and by no other', async () => {
    const store = scene.open({ signingKey: privateKey });
    appendRun(store);
    await store.checkpoint();
    store.append(startOf());
    expect(await store.verify({ publicKey: own })).toMatchObject({ valid: true, signedThrough: 1 });
    const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    expect((await store.verify({ publicKey: other })).problem).toMatchObject({ kind: 'unsigned' });
  });

  it('shows that a whole chain was written anew', async () => {
    const store = scene.open();
    appendRun(store);
    expect((await store.verify({ publicKey: own })).problem).toMatchObject({ kind: 'unsigned' });
  });

  it('needs a key of that kind', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
    expect(() => scene.open({ signingKey: rsa })).toThrow(/signingKey/);
    await expect(scene.open().checkpoint()).rejects.toThrow(/signingKey/);
  });
});
