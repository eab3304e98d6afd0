/** A store in a folder of its own, and events to fill it with. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_CORRELATION, type CorrelationOption } from '../../../src/core/correlation.js';
import type { AuditStore, AuditStoreOptions } from '../../../src/audit/audit-store.js';
import { openStoreOver } from '../../../src/audit/open-audit-store.js';
import type { AuditRecord, EndEvent, StartEvent } from '../../../src/audit/record.js';
import { openSqlite, type OpenDatabase, type SqlDatabase } from '../../../src/audit/sqlite-driver.js';

export class AuditScene {
  readonly folder = mkdtempSync(join(tmpdir(), 'custody-audit-'));
  readonly file = join(this.folder, '.custody', 'audit.db');
  readonly problems: string[] = [];
  readonly #stores: AuditStore[] = [];

  open(options: AuditStoreOptions = {}, open: OpenDatabase = openSqlite): AuditStore {
    const store = openStoreOver(
      { file: this.file, onProblem: (problem) => this.problems.push(problem), ...options },
      open,
    );
    this.#stores.push(store);
    return store;
  }

  /** The database behind the store's back. */
  async tamper(work: (database: SqlDatabase) => void): Promise<void> {
    await Promise.all(this.#stores.splice(0).map((store) => store.close()));
    const database = openSqlite(this.file);
    try {
      work(database);
    } finally {
      database.close();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Sketch {
  readonly executionId?: string;
  readonly ids?: CorrelationOption;
  readonly executable?: string;
  readonly args?: readonly string[];
  readonly exitCode?: number;
  readonly stdout?: string;
}

export function startOf({ executionId = 'exec-1', ids, executable = 'make', args = ['all'] }: Sketch = {}): StartEvent {
  return {
    version: 1,
    eventType: 'command_execution_start',
    executionId,
    userId: null,
    ...NO_CORRELATION,
    ...(ids as Partial<StartEvent> | undefined),
    command: '',
    executable,
    arguments: args,
    cwd: '/work',
    shell: null,
    request: { env: {}, unsetEnv: [], envMode: 'inherit', secretNames: [], timeoutMs: 300_000, hasInput: false },
  };
}

export function endOf(sketch: Sketch = {}): EndEvent {
  const { exitCode = 0, stdout = '' } = sketch;
  const { request: _request, ...fields } = startOf(sketch);
  const stream = { totalBytes: 0, droppedBytes: 0, excerpt: '', omittedBytes: 0, artifact: null };
  return {
    ...fields,
    eventType: 'command_execution_end',
    outcome: 'exited',
    cause: null,
    reason: null,
    error: null,
    success: exitCode === 0,
    exitCode,
    signal: null,
    timedOut: false,
    cancelled: false,
    startTime: '2026-11-28T10:00:00.000Z',
    endTime: '2026-11-28T10:00:01.500Z',
    durationMs: 1_500,
    queuedMs: 0,
    outputTruncated: false,
    stdout: { ...stream, totalBytes: stdout.length, excerpt: stdout },
    stderr: stream,
    cleanup: { status: 'confirmed', mechanism: 'shim', killed: 0, survivors: [] },
    usage: { userMs: 12, systemMs: 3, peakRssBytes: 4_096_000, processes: 1, scope: 'tree' },
    pid: 4_711,
    backend: 'native',
    containment: 'tree',
  };
}

/** Start and end of one execution. */
export function appendRun(store: AuditStore, sketch: Sketch = {}): void {
  store.append(startOf(sketch));
  store.append(endOf(sketch));
}

/** The whole chain. */
export async function allRecords(store: AuditStore): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = [];
  for await (const some of store.export()) records.push(...some);
  return records;
}
