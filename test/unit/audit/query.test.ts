import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditStore } from '../../../src/audit/audit-store.js';
import { pageStatement, selectionOf, type AuditQuery } from '../../../src/audit/query.js';
import { openSqlite } from '../../../src/audit/sqlite-driver.js';
import { appendRun, AuditScene, endOf, startOf } from './audit-scene.js';

let scene: AuditScene;
let store: AuditStore;

beforeEach(() => {
  scene = new AuditScene();
  store = scene.open();
});
afterEach(() => scene.close());

async function ids(query: AuditQuery): Promise<readonly string[]> {
  return (await store.find(query)).runs.map(({ executionId }) => executionId);
}

describe('AUD-05: a query', () => {
  beforeEach(() => {
    appendRun(store, {
      executionId: 'a',
      executable: 'npm',
      args: ['test'],
      ids: { runId: 'r1', sessionId: 's1', taskId: 't1' },
    });
    appendRun(store, {
      executionId: 'b',
      executable: 'npm',
      args: ['run', 'build'],
      exitCode: 1,
      ids: { runId: 'r1', toolCallId: 'c1' },
    });
    appendRun(store, {
      executionId: 'c',
      executable: 'git',
      args: ['status'],
      exitCode: 2,
      ids: { sessionId: 's1', taskId: 't2' },
    });
    store.append(startOf({ executionId: 'd', executable: 'npm', args: ['start'], ids: { runId: 'r2' } }));
  });

  it('finds each execution once, newest first, those without an end among them', async () => {
    expect(await ids({})).toEqual(['d', 'c', 'b', 'a']);
    const { runs } = await store.find();
    expect(runs.map(({ state }) => state)).toEqual(['open', 'ended', 'ended', 'ended']);
  });

  it.each([
    [{ runId: 'r1' }, ['b', 'a']],
    [{ sessionId: 's1' }, ['c', 'a']],
    [{ taskId: 't2' }, ['c']],
    [{ toolCallId: 'c1' }, ['b']],
    [{ executionId: 'a' }, ['a']],
    [{ failedOnly: true }, ['c', 'b']],
    [{ failedOnly: true, runId: 'r1' }, ['b']],
    [{ command: 'npm *' }, ['d', 'b', 'a']],
    [{ command: 'npm test' }, ['a']],
    [{ command: '*status' }, ['c']],
    [{ command: 'n?m [rs]*' }, ['d', 'b']],
    [{ command: 'npm *', failedOnly: true }, ['b']],
    [{ command: 'npm *', runId: 'r2' }, ['d']],
    [{ command: 'cargo *' }, []],
    [{ runId: "r1' OR 1=1" }, []],
    [{ limit: 2 }, ['d', 'c']],
  ] as const)('takes %j', async (query, found) => {
    expect(await ids(query)).toEqual(found);
    if (!('limit' in query)) expect(await store.count(query)).toBe(found.length);
  });

  it('takes times as text and as numbers, the first included and the last not', async () => {
    const { runs } = await store.find();
    const times = runs.map(({ record }) => record.timestamp);
    expect(await ids({ since: times[0]! })).toContain('d');
    expect(await ids({ until: times.at(-1)! })).toEqual([]);
    expect(await ids({ since: Date.now() + 1_000 })).toEqual([]);
    expect(await ids({ until: Date.now() + 1_000 })).toHaveLength(4);
  });

  it('goes on where the page before ended, also while records are added', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.find({ limit: 1, cursor });
      seen.push(...page.runs.map(({ executionId }) => executionId));
      cursor = page.next ?? undefined;
      appendRun(store, { executionId: `later-${seen.length}` });
    } while (cursor !== undefined);
    expect(seen).toEqual(['d', 'c', 'b', 'a']);
  });

  it('shows the latest state: an end takes the place of its start', async () => {
    store.append(endOf({ executionId: 'd', executable: 'npm', args: ['start'] }));
    expect((await store.find({ limit: 1 })).runs[0]).toMatchObject({ executionId: 'd', state: 'ended' });
    expect(await store.count()).toBe(4);
  });

  it('names everything that is wrong with it', async () => {
    const wrong = {
      limit: 0,
      since: 'yesterday-ish',
      command: 'x'.repeat(401),
      cursor: '!',
      runId: 5,
    } as unknown as AuditQuery;
    const error: unknown = await store.find(wrong).catch((thrown: unknown) => thrown);
    expect((error as { issues: { property: string }[] }).issues.map(({ property }) => property)).toEqual(
      expect.arrayContaining(['limit', 'since', 'command', 'cursor', 'runId']),
    );
  });

  it('answers a glob made to be slow', async () => {
    appendRun(store, { executionId: 'long', executable: 'a'.repeat(390), args: [] });
    expect(await ids({ command: `${'*a'.repeat(190)}*b` })).toEqual([]);
  });
});

describe('AUD-05: the index of a query', () => {
  it.each([
    [{}, 'entries_time'],
    [{ runId: 'r' }, 'entries_run'],
    [{ sessionId: 's' }, 'entries_session'],
    [{ taskId: 't' }, 'entries_task'],
    [{ toolCallId: 'c' }, 'entries_tool_call'],
    [{ executionId: 'e' }, 'entries_execution'],
    [{ failedOnly: true }, 'entries_failed'],
    [{ since: 0, until: 1 }, 'entries_time'],
    [{ command: 'make*' }, 'entries_command'],
  ] as const)('of %j is %s, and nothing is scanned without one', async (query, index) => {
    appendRun(store);
    await store.close();
    const database = openSqlite(scene.file);
    try {
      const selection = selectionOf(database, query)!;
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${pageStatement(selection)}`).all(...selection.values, 50);
      const steps = plan.map(({ detail }) => String(detail));
      expect(steps.find((step) => / e (?:USING|USE)/.test(step))).toContain(index);
      const scans = steps.filter((step) => step.startsWith('SCAN') && !step.includes('INDEX') && step !== 'SCAN found');
      expect(scans).toEqual([]);
      // Only what was found is read: an index that gives the order can be walked from one end to the other.
      expect(steps.filter((step) => step.includes('SCAN entries'))).toEqual([]);
    } finally {
      database.close();
    }
  });
});

describe('AUD-13: statistics', () => {
  it('count executions, failures and bytes, and name the oldest and the newest record', async () => {
    expect(await store.statistics()).toMatchObject({ executions: 0, oldest: null, newest: null });
    appendRun(store, { executionId: 'a' });
    appendRun(store, { executionId: 'b', exitCode: 1 });
    store.append(startOf({ executionId: 'c' }));
    const { runs } = await store.find();
    const found = await store.statistics();
    expect(found).toMatchObject({ executions: 3, open: 1, failures: 1, records: 5, newest: runs[0]!.record.timestamp });
    expect(found.bytes).toBeGreaterThan(0);
  });
});
