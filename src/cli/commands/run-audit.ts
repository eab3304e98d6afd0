/**
 * Records what the CLI runs. The store, its driver and its file are got while the command runs, so that none of it stands between
 * the user and the command; what is heard until then waits.
 *
 * Whatever fails is said in one line at the end. The command and its exit code are what they would have been.
 */
import type { AuditStore } from '../../audit/index.js';
import type { RunObserver } from '../../core/observer.js';
import { auditFile } from '../audit-file.js';
import type { CliHost } from '../host.js';
import { printable } from '../render/display-text.js';

/** What was typed of auditing. */
export interface AuditChoice {
  readonly isWanted: boolean;
  /** `undefined`: the usual file. */
  readonly file: string | undefined;
}

/** Days that records of the CLI are kept. */
const RETENTION_DAYS = 30;

type Heard = (observer: RunObserver) => void;

/** Hears of the runs of one command of the CLI. */
export class RunAudit {
  readonly observer: RunObserver;
  readonly #host: CliHost;
  readonly #file: string;
  #waiting: Heard[] = [];
  #target: RunObserver | undefined;
  #store: AuditStore | undefined;
  #problem: string | undefined;
  #loading: Promise<void> | undefined;

  constructor(choice: AuditChoice, host: CliHost, root: string | undefined) {
    this.#host = host;
    this.#file = auditFile(choice.file, host.environment, process.cwd(), root ?? host.environment['CUSTODY_ROOT']);
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
    };
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

  async #load(): Promise<void> {
    try {
      const { auditObserver, openAuditStore } = await import('../../audit/index.js');
      const { environment } = this.#host;
      this.#store = openAuditStore({
        file: this.#file,
        retentionDays: RETENTION_DAYS,
        onProblem: (problem) => (this.#problem ??= problem),
      });
      this.#target = auditObserver(this.#store, { userId: environment['USER'] ?? environment['USERNAME'] });
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
