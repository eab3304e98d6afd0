/**
 * `custody runs`: looks into the audit store, which it never makes: one that is not there is said.
 */
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { openAuditStore, type AuditedRun, type AuditStore } from '../../audit/index.js';
import { EXIT } from '../exit-codes.js';
import type { RunFilter, RunsRequest } from '../grammar/runs.js';
import type { CliHost } from '../host.js';
import { Problem } from '../problem.js';
import { printable } from '../render/display-text.js';
import { renderReportPage } from '../render/report-page.js';
import { renderExecution } from '../render/run-detail.js';
import { jsonOfRun, renderRunList } from '../render/run-list.js';
import { renderPairs } from '../render/pairs.js';
import { readConfigured } from './configured.js';
import { replay } from './replay.js';
import { auditFileOf } from './run-audit.js';
import { formatByteCount } from '../quantity.js';

type RequestOf<A extends RunsRequest['action']> = Extract<RunsRequest, { readonly action: A }>;

const MS_PER_DAY = 86_400_000;
/** Executions that are read at a time. */
const PAGE = 1_000;

/** Does what was asked for. @returns The exit code. */
export async function runs(request: RunsRequest, host: CliHost): Promise<number> {
  const file = auditFileOf(request.file, host, await readConfigured(request.config, host));
  if (!existsSync(file)) {
    throw new Problem(
      `there is no audit store at ${printable(file)}`,
      'runs of "custody exec" are recorded there; --audit-db names another one',
      EXIT.failed,
    );
  }
  const archive = request.action === 'prune' ? request.archive : undefined;
  const store = openAuditStore({
    file,
    onProblem: () => undefined,
    archive: archive === undefined ? undefined : (records) => appendFile(archive, records.map(lineOf).join('')),
  });
  try {
    return await perform(request, store, host);
  } finally {
    await store.close();
  }
}

async function perform(request: RunsRequest, store: AuditStore, host: CliHost): Promise<number> {
  switch (request.action) {
    case 'list':
      return list(request, store, host);
    case 'show':
      return show(request, store, host);
    case 'stats':
      return stats(request, store, host);
    case 'prune':
      return prune(request, store, host);
    case 'verify':
      return verify(request, store, host);
    case 'replay':
      return replay(request, store, host);
    case 'export':
      return exportAll(request, store, host);
    case 'report':
      return report(request, store, host);
  }
}

async function list(request: RequestOf<'list'>, store: AuditStore, { sinks }: CliHost): Promise<number> {
  const { filter, format, time } = request;
  const { runs: found, next } = await store.find(filter);
  if (format === 'json') {
    const total = await store.count({ ...filter, cursor: undefined });
    sinks.out(`${JSON.stringify({ commands: found.map(jsonOfRun), total, next }, null, 2)}\n`);
  } else if (format === 'jsonl') {
    for (const run of found) sinks.out(`${JSON.stringify(jsonOfRun(run))}\n`);
  } else {
    sinks.out(renderRunList(found, { time, nowMs: Date.now(), screen: sinks.outScreen }));
    if (next !== null) sinks.err(`There are more: --cursor ${next}\n`);
  }
  return EXIT.ok;
}

async function show(request: RequestOf<'show'>, store: AuditStore, host: CliHost): Promise<number> {
  const { id, isFull, hasContext, json } = request;
  const records = await store.records(id);
  if (records.length === 0) {
    const { runs: found } = await store.find({ runId: id, limit: PAGE });
    const [only, ...others] = found;
    if (only === undefined) {
      throw new Problem(
        `there is no execution and no run ${printable(id)}`,
        '"custody runs list" shows what there is',
        EXIT.failed,
      );
    }
    if (others.length === 0) return show({ ...request, id: only.executionId }, store, host);
    const screen = host.sinks.outScreen;
    const shown = { commands: found.map(jsonOfRun), total: found.length };
    host.sinks.out(
      json
        ? `${JSON.stringify(shown, null, 2)}\n`
        : renderRunList(found, { time: 'relative', nowMs: Date.now(), screen }),
    );
    return EXIT.ok;
  }
  const end = records.find(({ event }) => event.eventType === 'command_execution_end');
  const full = (stream: 'stdout' | 'stderr'): string | undefined =>
    isFull && end !== undefined ? store.fullOutput(end, stream) : undefined;
  const output = { stdout: full('stdout'), stderr: full('stderr') };
  if (json)
    host.sinks.out(
      `${JSON.stringify({ executionId: id, records, ...(isFull ? { fullOutput: output } : {}) }, null, 2)}\n`,
    );
  else host.sinks.out(renderExecution(records, { hasContext, isFull, output, colors: host.sinks.outScreen.colors }));
  return EXIT.ok;
}

async function stats({ json }: RequestOf<'stats'>, store: AuditStore, { sinks }: CliHost): Promise<number> {
  const found = await store.statistics();
  const { driver, file } = store.health();
  if (json) {
    sinks.out(`${JSON.stringify({ ...found, file, driver }, null, 2)}\n`);
    return EXIT.ok;
  }
  sinks.out(
    renderPairs([
      ['executions', String(found.executions)],
      ['failed', String(found.failures)],
      ['without an end', String(found.open)],
      ['records', String(found.records)],
      ['size', formatByteCount(found.bytes)],
      ['oldest', found.oldest ?? '-'],
      ['newest', found.newest ?? '-'],
      ['store', `${file} (${driver ?? 'no driver'})`],
    ]),
  );
  return EXIT.ok;
}

async function prune(request: RequestOf<'prune'>, store: AuditStore, { sinks }: CliHost): Promise<number> {
  const { olderThanMs = MS_PER_DAY, runId, json } = request;
  const { removed } = await store.prune(runId === undefined ? { olderThanDays: olderThanMs / MS_PER_DAY } : { runId });
  sinks.out(json ? `${JSON.stringify({ removed })}\n` : `removed ${removed} records\n`);
  return EXIT.ok;
}

async function verify(
  { publicKey, json }: RequestOf<'verify'>,
  store: AuditStore,
  { sinks }: CliHost,
): Promise<number> {
  const found = await store.verify({ publicKey: publicKey === undefined ? undefined : readKey(publicKey) });
  const { valid, problem, checked, pruned, tombstones, signedThrough } = found;
  if (json) sinks.out(`${JSON.stringify(found, null, 2)}\n`);
  else if (problem === null) {
    const notes = [
      `${checked} records hold`,
      ...(pruned === 0 ? [] : [`${pruned} were pruned before them`]),
      ...(tombstones === 0 ? [] : [`${tombstones} are tombstones`]),
      ...(signedThrough === null ? [] : [`signed through ${signedThrough}`]),
    ];
    sinks.out(`${notes.join(', ')}; the last hash is ${found.end.hash}\n`);
  } else sinks.out(`${problem.kind} at record ${problem.sequence}: ${problem.detail}\n`);
  return valid ? EXIT.ok : EXIT.internal;
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    throw new Problem(`the public key cannot be read (${String(code)})`, 'correct --public-key');
  }
}

async function exportAll(
  { json, output }: RequestOf<'export'>,
  store: AuditStore,
  { sinks }: CliHost,
): Promise<number> {
  if (output !== undefined) await writeFile(output, '');
  const write = async (text: string): Promise<void> => {
    if (output === undefined) sinks.out(text);
    else await appendFile(output, text);
  };
  let isFirst = true;
  if (json) await write('[\n');
  for await (const records of store.export()) {
    const texts = records.map((record) => JSON.stringify(record));
    await write(json ? `${isFirst ? '' : ',\n'}${texts.join(',\n')}` : `${texts.join('\n')}\n`);
    isFirst = false;
  }
  if (json) await write('\n]\n');
  return EXIT.ok;
}

async function report({ filter, html }: RequestOf<'report'>, store: AuditStore, { sinks }: CliHost): Promise<number> {
  const found = await findAll(store, filter);
  await writeFile(html, renderReportPage(found, Date.now()));
  sinks.err(`custody: ${found.length} runs in ${printable(html)}\n`);
  return EXIT.ok;
}

async function findAll(store: AuditStore, filter: RunFilter): Promise<readonly AuditedRun[]> {
  const found: AuditedRun[] = [];
  let cursor: string | undefined;
  while (found.length < filter.limit) {
    const page = await store.find({ ...filter, limit: Math.min(PAGE, filter.limit - found.length), cursor });
    found.push(...page.runs);
    if (page.next === null) break;
    cursor = page.next;
  }
  return found;
}

function lineOf(record: unknown): string {
  return `${JSON.stringify(record)}\n`;
}
