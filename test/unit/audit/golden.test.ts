// Promised: what a version wrote is read by every later one and continued; what a later one will write is read by this one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalText, GENESIS, hashOf } from '../../../src/audit/chain.js';
import { ChainWriter } from '../../../src/audit/chain-writer.js';
import { columnsOf, type AuditEvent } from '../../../src/audit/record.js';
import { EVENT_VERSION } from '../../../src/audit/record.js';
import { migrate } from '../../../src/audit/schema.js';
import { openSqlite } from '../../../src/audit/sqlite-driver.js';
import { openStoreDatabase } from '../../../src/audit/open-database.js';
import { allRecords, appendRun, AuditScene, endOf, startOf } from './audit-scene.js';

let scene: AuditScene;

beforeEach(() => {
  scene = new AuditScene();
});
afterEach(() => scene.close());

const TIME = '2026-11-28T10:00:00.000Z';

/** One event of each kind, as this version writes it. The store makes the line of a command. */
const EVENTS: Readonly<Record<string, AuditEvent>> = {
  start: { ...startOf({ ids: { runId: 'r-1' } }), command: 'make all' },
  end: { ...endOf({ exitCode: 2, stdout: 'text\n' }), command: 'make all' },
  cleanup: {
    version: 1,
    eventType: 'command_cleanup',
    executionId: 'exec-1',
    cleanup: { status: 'confirmed', mechanism: 'shim', killed: 1, survivors: [] },
  },
  pruned: {
    version: 1,
    eventType: 'records_pruned',
    reason: 'asked for',
    count: 3,
    through: { sequence: 1, hash: 'aGFzaA==' },
    tombstones: [[4, 4]],
  },
  dropped: { version: 1, eventType: 'records_dropped', count: 7, reason: 'the store could not be written' },
  checkpoint: {
    version: 1,
    eventType: 'chain_checkpoint',
    sequence: 5,
    hash: 'aGFzaA==',
    signature: 'c2lnbmF0dXJl',
    publicKey: 'a2V5',
  },
};

const folder = (version: number): string => join(import.meta.dirname, 'golden', `v${version}`);

/** Rows of a version in the order of their names. */
function goldenRows(version: number): readonly { readonly name: string; readonly text: string }[] {
  return readdirSync(folder(version)).map((name) => ({
    name,
    text: readFileSync(join(folder(version), name), 'utf8'),
  }));
}

function rowOf(event: AuditEvent): string {
  const parts = { sequence: 0, id: 'rec-1', timestamp: TIME, event: canonicalText(event), previousHash: GENESIS };
  return `${canonicalText({ ...parts, event, hash: hashOf(parts) })}\n`;
}

describe('AUD-09: the rows of version 1', () => {
  it.each(Object.entries(EVENTS))('%s: is written byte for byte as ever', async (name, event) => {
    await expect(rowOf(event)).toMatchFileSnapshot(join(folder(EVENT_VERSION), `${name}.json`));
  });

  it('are each in a file, and each file is a row', () => {
    const names = Object.keys(EVENTS).map((name) => `${name}.json`);
    expect(goldenRows(1).map(({ name }) => name)).toEqual(names.sort());
  });

  it.each(Array.from({ length: EVENT_VERSION }, (_, index) => index + 1))(
    'old writer, new reader, new writer: a store of version %d is read, continued and verified',
    async (version) => {
      const { database, writer } = openStoreDatabase(scene.file, openSqlite);
      const events = goldenRows(version).map(({ text }) => (JSON.parse(text) as { event: AuditEvent }).event);
      writer.transaction(() =>
        writer.append(events.map((event, index) => ({ id: `rec-${index}`, timestamp: TIME, event }))),
      );
      database.close();
      const store = scene.open();
      expect((await allRecords(store)).map(({ event }) => event)).toEqual(events);
      expect((await store.find({ runId: 'r-1' })).runs).toEqual([]);
      expect((await store.find({ failedOnly: true })).runs).toHaveLength(1);
      appendRun(store, { executionId: 'exec-2' });
      expect(await store.verify()).toMatchObject({ valid: true, checked: events.length + 2 });
    },
  );
});

describe('AUD-09: old reader', () => {
  it('reads, lists and verifies events with fields and of kinds that it does not know', async () => {
    const { database, writer } = openStoreDatabase(scene.file, openSqlite);
    const later = { ...endOf(), version: 9, command: 'make all', novelty: { deep: [1] } } as unknown as AuditEvent;
    const unknown = { version: 9, eventType: 'command_teleported', executionId: 'exec-1' } as unknown as AuditEvent;
    writer.transaction(() => writer.append([later, unknown].map((event) => ({ id: 'rec', timestamp: TIME, event }))));
    database.close();
    const store = scene.open();
    expect((await store.find()).runs[0]).toMatchObject({
      state: 'ended',
      record: { event: { novelty: { deep: [1] } } },
    });
    expect((await store.records('exec-1')).map(({ event }) => event.eventType)).toEqual([
      'command_execution_end',
      'command_teleported',
    ]);
    expect((await store.verify()).valid).toBe(true);
  });

  it.each(['command_execution_end', 'command_execution_complete', 'command_execution'])(
    'D-28: takes %s for an end',
    (eventType) => {
      expect(columnsOf({ eventType, success: false })).toMatchObject({ kind: 'end', failed: 1 });
    },
  );

  it('D-28: writes _start and _end', () => {
    expect(EVENTS['start']!.eventType).toBe('command_execution_start');
    expect(EVENTS['end']!.eventType).toBe('command_execution_end');
  });

  it('finds tables that several processes made at the same time once', () => {
    const open = openStoreDatabase(scene.file, openSqlite);
    expect(migrate(open.database)).toEqual({ version: 1, isWritable: true });
    expect(new ChainWriter(open.database).end().sequence).toBe(-1);
    open.database.close();
  });
});
