/**
 * Records what the CLI runs. The store, its driver and its file are got while the command runs, so that none of it stands between
 * the user and the command; what is heard until then waits.
 *
 * Whatever fails is said in one line at the end. The command and its exit code are what they would have been, unless the
 * configuration says `on_failure: fail-closed`: then the store is got first, and nothing is run without it.
 */
import type { AuditStore } from '../../audit/index.js';
import type { ConfigValues } from '../../config/schema.js';
import type { ObserverHealth, RunObserver } from '../../core/observer.js';
import { auditFile } from '../audit-file.js';
import type { CliHost } from '../host.js';
import { printable } from '../render/display-text.js';
import type { Configured } from './configured.js';

/** What was typed of auditing. */
export interface AuditChoice {
  readonly isWanted: boolean;
  /** `undefined`: the usual file. */
  readonly file: string | undefined;
}

/** Days that records of the CLI are kept if no configuration says otherwise. */
const RETENTION_DAYS = 30;

type AuditValues = NonNullable<ConfigValues['audit']>;

/** What records the runs of a command; `undefined`: it is not wanted. `root`: as it was typed. */
export function runAuditOf(
  choice: AuditChoice,
  host: CliHost,
  configured: Configured | undefined,
  root?: string,
): RunAudit | undefined {
  const audit = configured?.loaded.config.audit ?? {};
  if (!choice.isWanted || audit.enabled === false) return undefined;
  return new RunAudit(auditFileOf(choice.file, host, configured, root), audit, host);
}

/** The file of a command: what was typed, else `CUSTODY_AUDIT_DB`, else what the configuration says, else the usual one. */
export function auditFileOf(
  typed: string | undefined,
  { environment }: CliHost,
  configured: Configured | undefined,
  root?: string,
): string {
  const { config, sources } = configured?.loaded ?? {};
  // A file that is only built in gives way to the one below the root.
  const file = sources?.['audit.file']?.kind === 'built-in' ? undefined : config?.audit?.file;
  return auditFile(typed ?? file, environment, process.cwd(), root ?? config?.root ?? environment['CUSTODY_ROOT']);
}

type Heard = (observer: RunObserver) => void;

/** Hears of the runs of one command of the CLI. */
export class RunAudit {
  readonly observer: RunObserver;
  readonly #host: CliHost;
  readonly #file: string;
  readonly #values: AuditValues;
  #waiting: Heard[] = [];
  #target: RunObserver | undefined;
  #store: AuditStore | undefined;
  #problem: string | undefined;
  #loading: Promise<void> | undefined;

  constructor(file: string, values: AuditValues, host: CliHost) {
    this.#host = host;
    this.#file = file;
    this.#values = values;
    this.observer = {
      launched: (event) => {
        this.#hear((observer) => observer.launched?.(event));
      },
      settled: (event) => {
        this.#hear((observer) => observer.settled?.(event));
      },
      cleanedUp: (event) => {
        this.#hear((observer) => observer.cleanedUp?.(event));
      },
      health: () => this.#health(),
    };
  }

  /** To be awaited before the first run: gets the store ready if nothing may run without it. */
  async prepare(): Promise<void> {
    if (!this.#isFailClosed) return;
    this.load();
    await this.#loading;
  }

  /** Gets the store ready, which is done some time later; to be called once the command has been started. */
  load(): void {
    this.#loading ??= this.#load();
  }

  /** Writes what is left, and says what could not be written. */
  async close(): Promise<void> {
    if (this.#waiting.length > 0) this.load();
    await this.#loading;
    await this.#store?.close();
    if (this.#problem === undefined) return;
    this.#host.sinks.err(`custody: not recorded: ${printable(this.#problem)} (--no-audit switches recording off)\n`);
  }

  get #isFailClosed(): boolean {
    return this.#values.onFailure === 'fail-closed';
  }

  #health(): ObserverHealth {
    if (!this.#isFailClosed) return { problems: [], refusal: null };
    return this.#target?.health?.() ?? { problems: [], refusal: this.#problem ?? 'the audit store is not ready' };
  }

  async #load(): Promise<void> {
    try {
      const { auditObserver, openAuditStore } = await import('../../audit/index.js');
      const { environment } = this.#host;
      const { retentionDays = RETENTION_DAYS, onFailure, includeOutput, maxOutputBytes, fullOutput } = this.#values;
      this.#store = openAuditStore({
        file: this.#file,
        retentionDays,
        onFailure,
        onProblem: (problem) => (this.#problem ??= problem),
      });
      const userId = environment['USER'] ?? environment['USERNAME'];
      this.#target = auditObserver(this.#store, { userId, includeOutput, maxOutputBytes, fullOutput });
      for (const heard of this.#waiting.splice(0)) heard(this.#target);
      // The start of a run stands in the store while it goes on.
      this.#store.flushSync();
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
    }
  }

  #hear(heard: Heard): void {
    if (this.#target === undefined) this.#waiting.push(heard);
    else heard(this.#target);
  }
}
