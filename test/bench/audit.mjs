/**
 * What the audit trail costs: `node test/bench/audit.mjs [RECORDS]`. Needs the build. Prints figures and judges nothing.
 *
 * Cost per run is the CPU of this process for the records of one run (a start and an end with 200 bytes of output), from the call to
 * the database; the runs themselves are left out, so nothing of theirs can hide it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditObserver, openAuditStore } from '../../dist/audit.js';

const records = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'custody-bench-audit-'));
const store = openAuditStore({ file: join(folder, 'audit.db') });
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

const observer = auditObserver(store);
const request = { env: {}, unsetEnv: [], envMode: 'inherit', secretNames: [], timeoutMs: 300_000, hasInput: false };
const stream = { totalBytes: 200, droppedBytes: 0, truncated: false, encoding: 'utf8' };
const RESULT = {
  ...{ success: true, exitCode: 0, outcome: { kind: 'exited', exitCode: 0 }, reason: null, signal: null },
  ...{ timedOut: false, cancelled: false, durationMs: 1_000, queuedMs: 0 },
  ...{ startTime: '2026-11-28T10:00:00.000Z', endTime: '2026-11-28T10:00:01.000Z' },
  ...{ stdout: 'x '.repeat(100), stderr: 'x '.repeat(100), output: { stdout: stream, stderr: stream } },
  cleanup: { status: 'confirmed', mechanism: 'shim', killed: [], survivors: [] },
  usage: { userMs: 1, systemMs: 1, peakRssBytes: 4_096_000, processes: 1, scope: 'tree' },
  ...{ pid: 1, backend: 'native', containment: 'tree' },
};
const FAILED = { ...RESULT, success: false, exitCode: 1, outcome: { kind: 'exited', exitCode: 1 } };

function append(run) {
  const [file, ...args] = NAMES[run % NAMES.length].split(' ');
  const event = {
    id: `exec-${run}`,
    command: { file, args, cwd: '/work', shell: null },
    correlationIds: {
      ...{ runId: `r-${run % 1_000}`, sessionId: `s-${run % 500}`, taskId: `t-${run % 300}`, stepId: null },
      ...{ toolCallId: `c-${run}`, worktreeId: null, repoSha: null, targetId: null, commandId: null },
    },
    timestamp: 0,
  };
  observer.launched({ ...event, request });
  observer.settled({ ...event, result: run % 97 === 0 ? FAILED : RESULT });
}

const BATCH = 30;
const appendUs = [];
const writeUs = [];
const began = performance.now();
const cpuBefore = process.cpuUsage();
for (let run = 0; run < records / 2; run += BATCH) {
  const from = performance.now();
  for (let index = run; index < run + BATCH; index += 1) append(index);
  const between = performance.now();
  store.flushSync();
  appendUs.push(((between - from) * 1_000) / BATCH);
  writeUs.push(((performance.now() - between) * 1_000) / BATCH);
}
const seconds = (performance.now() - began) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);
console.log(`node ${process.version}, ${store.health().driver}, ${records} records`);
console.log(`append, per run: ${median(appendUs).toFixed(1)} us; written, per run: ${median(writeUs).toFixed(1)} us`);
console.log(
  `CPU, per run: mean ${((user + system) / (records / 2)).toFixed(1)} us, of it user ${(user / (records / 2)).toFixed(1)} us`,
);
console.log(`runs per minute, one after the other: ${Math.round((records / 2 / seconds) * 60)}`);

const QUERIES = {
  all: {},
  run: { runId: 'r-7' },
  session: { sessionId: 's-7' },
  task: { taskId: 't-7' },
  'tool call': { toolCallId: 'c-77' },
  failed: { failedOnly: true },
  'time, the past': { until: Date.now() - 1 },
  'command, frequent': { command: 'npm *' },
  'command, none': { command: '*nothing*' },
};
for (const [name, query] of Object.entries(QUERIES)) {
  const times = [];
  for (let round = 0; round < 5; round += 1) {
    const from = performance.now();
    await store.find(query);
    times.push(performance.now() - from);
  }
  console.log(`query ${name}: median ${median(times).toFixed(1)} ms, worst ${Math.max(...times).toFixed(1)} ms`);
}
await store.close();
rmSync(folder, { recursive: true });

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
