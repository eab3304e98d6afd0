/**
 * What the audit trail costs: `node test/bench/audit.mjs [RECORDS]`. Needs the build. Prints figures and judges nothing.
 *
 * Cost per run is the CPU that the host's thread spends on the records of one run (a start and an end with 200 bytes in each stream),
 * at the pace of 10 000 runs a minute, less what the same rounds cost without them. The runs themselves are left out, so nothing of
 * theirs can hide it. Where a thread's CPU cannot be read, time takes its place.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { auditObserver, openAuditStore } from '../../dist/audit.js';

const records = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'custody-bench-audit-'));
const file = join(folder, 'audit.db');
const NAMES = [
  'npm test',
  'npm run build',
  'git status',
  'cargo check',
  'make all',
  'node script.mjs',
  'tsc',
  'eslint src',
];
const request = { env: {}, envMode: 'inherit', hasInput: false, secretNames: [], timeoutMs: 300_000, unsetEnv: [] };
const stream = { totalBytes: 200, droppedBytes: 0, truncated: false, encoding: 'utf8' };
const RESULT = {
  ...{ success: true, exitCode: 0, outcome: { kind: 'exited', exitCode: 0 }, reason: null, signal: null },
  ...{ timedOut: false, cancelled: false, durationMs: 1_000, queuedMs: 0 },
  ...{ startTime: '2026-11-28T10:00:00.000Z', endTime: '2026-11-28T10:00:01.000Z' },
  ...{ stdout: 'x '.repeat(100), stderr: 'x '.repeat(100), output: { stdout: stream, stderr: stream } },
  cleanup: { status: 'confirmed', mechanism: 'shim', killed: [], survivors: [] },
  usage: { peakRssBytes: 4_096_000, processes: 1, scope: 'tree', systemMs: 1, userMs: 1 },
  ...{ pid: 1, backend: 'native', containment: 'tree' },
};
const NOBODY = { launched() {}, settled() {} };

function tell(observer, run) {
  const [name, ...args] = NAMES[run % NAMES.length].split(' ');
  const event = {
    id: `exec-${run}`,
    command: { file: name, args, cwd: '/work', shell: null },
    correlationIds: {
      ...{ runId: `r-${run % 1_000}`, sessionId: `s-${run % 500}`, taskId: `t-${run % 300}`, stepId: null },
      ...{ toolCallId: `c-${run}`, worktreeId: null, repoSha: null, targetId: null, commandId: null },
    },
    timestamp: 0,
  };
  observer.launched({ ...event, request });
  observer.settled({ ...event, result: RESULT });
}

const TICK_MS = 50;
const RUNS_PER_MINUTE = 10_000;
const RUNS_PER_ROUND = 167;
const PAIRS = 10;
const BURST = 30_000;
/** Records that wait at most while a burst is told. */
const ROOM = 5_000;

const store = openAuditStore({ file });
const observer = auditObserver(store);
let runs = 0;
// What the rows below are made of.
tell(observer, (runs += 1));

async function isWritten() {
  while (store.health().queued > 0) await sleep(TICK_MS);
}

/** CPU of the host's thread for a second at the pace, in microseconds per run. */
async function round(listener) {
  const perTick = (RUNS_PER_MINUTE / 60_000) * TICK_MS;
  const from = threadCpuUs();
  for (let told = 0, due = 0; told < RUNS_PER_ROUND; due += perTick) {
    for (; told < Math.min(due, RUNS_PER_ROUND); told += 1) tell(listener, (runs += 1));
    await sleep(TICK_MS);
  }
  await isWritten();
  return (threadCpuUs() - from) / RUNS_PER_ROUND;
}

// Until the engine has compiled what is measured, and the thread has started.
for (let warm = 0; warm < 4; warm += 1) for (const listener of [NOBODY, observer]) await round(listener);
const added = [];
for (let pair = 0; pair < PAIRS; pair += 1) {
  const without = await round(NOBODY);
  added.push((await round(observer)) - without);
}
const { driver, writes } = store.health();
console.log(`node ${process.version}, ${driver}, written by the ${writes}`);
console.log(
  `added per run at ${RUNS_PER_MINUTE} runs/min, CPU of the host's thread: median ${median(added).toFixed(1)} us`,
);
console.log(`  pairs: ${added.map((us) => us.toFixed(1)).join(' ')}`);

const began = performance.now();
const [threadBefore, allBefore] = [threadCpuUs(), process.cpuUsage()];
for (let told = 0; told < BURST; told += 1) {
  while (store.health().queued > ROOM) await sleep(1);
  tell(observer, (runs += 1));
}
await store.flush();
const seconds = (performance.now() - began) / 1_000;
const all = process.cpuUsage(allBefore);
console.log(`as fast as it goes: ${Math.round((BURST / seconds) * 60)} runs/min, lost ${store.health().dropped}`);
console.log(
  `  CPU per run: host's thread ${((threadCpuUs() - threadBefore) / BURST).toFixed(1)} us, all threads ${((all.user + all.system) / BURST).toFixed(1)} us`,
);
await store.close();

const filled = performance.now();
fill();
console.log(`filled to ${records} records in ${((performance.now() - filled) / 1_000).toFixed(0)} s`);

const reader = openAuditStore({ file });
const HOUR_MS = 3_600_000;
const middle = Date.parse('2026-11-28T00:00:00.000Z') + (records / 2) * 10;
const QUERIES = {
  all: {},
  execution: { executionId: 'exec-77' },
  run: { runId: 'r-7' },
  session: { sessionId: 's-7' },
  task: { taskId: 't-7' },
  'tool call': { toolCallId: 'c-77' },
  failed: { failedOnly: true },
  'time range': { since: middle - HOUR_MS, until: middle },
  'failed in a time range': { failedOnly: true, since: middle - HOUR_MS, until: middle },
  'glob, frequent': { command: 'npm *' },
  'glob, a frequent end': { command: '*build' },
  'glob, none': { command: '*nothing*' },
};
for (const [name, query] of Object.entries(QUERIES)) {
  const times = [];
  let found = 0;
  for (let again = 0; again < 15; again += 1) {
    const from = performance.now();
    found = (await reader.find(query)).runs.length;
    times.push(performance.now() - from);
  }
  console.log(
    `query ${name}: median ${median(times).toFixed(1)} ms, worst ${Math.max(...times).toFixed(1)} ms, ${found} found`,
  );
}
await reader.close();
rmSync(folder, { recursive: true });

/**
 * Rows as the store wrote them for one run, again and again with other ids and times: SQLite makes them quicker than any writer. They
 * are no chain, which no query looks at.
 */
function fill() {
  const builtIn = process.getBuiltinModule('node:sqlite')?.DatabaseSync;
  const database = new (builtIn ?? createRequire(import.meta.url)('libsql'))(file);
  const indexes = database
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    .all();
  database.exec('PRAGMA synchronous = OFF; BEGIN');
  database.exec("CREATE TEMP TABLE model AS SELECT * FROM entries WHERE execution_id = 'exec-1'; DELETE FROM entries");
  database.exec(`CREATE TEMP TABLE names AS SELECT key, value FROM json_each('${JSON.stringify(NAMES)}')`);
  for (const { name } of indexes) database.exec(`DROP INDEX ${name}`);
  database.exec(`WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < ${records - 1})
    INSERT INTO entries SELECT n, 'rec-' || n, strftime('%Y-%m-%dT%H:%M:%fZ', 1795824000 + n / 100.0, 'unixepoch'),
    replace(event, '"exec-1"', '"exec-' || (n / 2) || '"'), previous_hash, hash, kind, 'exec-' || (n / 2), 'r-' || (n / 2 % 1000),
    's-' || (n / 2 % 500), 't-' || (n / 2 % 300), 'c-' || (n / 2), names.value,
    CASE kind WHEN 'end' THEN n / 2 % 97 = 0 END
    FROM n JOIN model ON (model.kind = 'end') = n % 2 JOIN names ON names.key = n / 2 % ${NAMES.length}`);
  for (const { sql } of indexes) database.exec(sql);
  database.exec('COMMIT');
  database.close();
}

/** CPU that this thread has spent, in microseconds. */
function threadCpuUs() {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1_000;
  } catch {
    const used = process.threadCpuUsage?.();
    return used === undefined ? performance.now() * 1_000 : used.user + used.system;
  }
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
