/**
 * A store of records: what it is asked and what it answers. `open-audit-store.ts` makes the one over SQLite.
 */
import type { KeyObject } from 'node:crypto';
import type { AuditEvent, AuditRecord } from './record.js';
import type { AuditPage, AuditQuery } from './query.js';
import type { ArchiveHook, PruneOptions, PruneReport } from './retention.js';
import type { DriverName } from './sqlite-driver.js';
import type { AuditStatistics } from './statistics.js';
import type { Verification } from './verify.js';

/** Options of {@link openAuditStore}. */
export interface AuditStoreOptions {
  /** The database, which is created where it is not there, with its folder. @defaultValue `.custody/audit.db` */
  readonly file?: string | undefined;
  /**
   * What happens while nothing can be written. `degrade`: runs go on, records wait in memory (at most 10 000; what is lost is counted
   * and the count becomes a record). `fail-closed`: no run is started, see `health` of `RunObserver`. Results stay the same.
   *
   * @defaultValue `'degrade'`
   */
  readonly onFailure?: 'degrade' | 'fail-closed' | undefined;
  /** Hears of the first failure of each row of them, in words. @defaultValue a warning of the process, `CUSTODY_AUDIT` */
  readonly onProblem?: ((problem: string) => void) | undefined;
  /** Patterns in RE2 syntax of what is redacted, beside what looks like a secret. */
  readonly redactPatterns?: readonly string[] | undefined;
  /** Days after which records are removed, 1 or more: a few each time some are written, all with `prune`. @defaultValue they stay */
  readonly retentionDays?: number | undefined;
  /** Gets records before they are removed; one that throws keeps them. */
  readonly archive?: ArchiveHook | undefined;
  /** An Ed25519 private key, as PEM or an object of `node:crypto`: signs checkpoints. */
  readonly signingKey?: string | KeyObject | undefined;
}

/** The whole of an output, for a file. */
export interface FullOutput {
  readonly stdout: string | undefined;
  readonly stderr: string | undefined;
}

/** What a store says of itself. */
export interface AuditHealth {
  /** `closed` after `close()`. */
  readonly status: 'ok' | 'degraded' | 'closed';
  readonly file: string;
  /** `null` before it was needed, or where there is none. */
  readonly driver: DriverName | null;
  /** Which thread writes in the background: one of its own, once there is enough to write and where there can be one. */
  readonly writes: 'host' | 'thread';
  /** Records that wait to be written. */
  readonly queued: number;
  /** Records lost so far. */
  readonly dropped: number;
  /** What speaks against relying on it, in sentences. */
  readonly problems: readonly string[];
  /** Why no run may be started; `null`: they may. */
  readonly refusal: string | null;
}

/** Options of {@link AuditStore.verify}. */
export interface VerifyOptions {
  /** A public key, in PEM or SPKI as base64: at least one checkpoint must be signed with it. */
  readonly publicKey?: string | undefined;
}

/** A persistent store of records. Everything but `append`, `flushSync` and `health` rejects if the store cannot be read. */
export interface AuditStore extends AsyncDisposable {
  /** The database. */
  readonly file: string;
  /** Takes an event; it is redacted and written a little later. Never throws. */
  append(event: AuditEvent, fullOutput?: FullOutput): void;
  /** Writes what was taken. Resolves to whether all of it is on its way to the disk. */
  flush(): Promise<boolean>;
  /** The same, while the host's thread waits. */
  flushSync(): boolean;
  /** Finds executions, newest first. */
  find(query?: AuditQuery): Promise<AuditPage>;
  /** How many executions a query finds in all. */
  count(query?: AuditQuery): Promise<number>;
  /** The records of one execution in the order they were written; none if it is not known. */
  records(executionId: string): Promise<readonly AuditRecord[]>;
  /** All records in the order of the chain, in pieces of at most 1000. */
  export(): AsyncIterable<readonly AuditRecord[]>;
  /** The whole output of a record; `undefined` where there is none, or it is not what was written. */
  fullOutput(record: AuditRecord, stream: 'stdout' | 'stderr'): string | undefined;
  /** Walks the chain. */
  verify(options?: VerifyOptions): Promise<Verification>;
  /** Removes records; those of a run become tombstones. */
  prune(options: PruneOptions): Promise<PruneReport>;
  /** Signs the end of the chain. Rejects without a `signingKey`. */
  checkpoint(): Promise<void>;
  /** Counts. */
  statistics(): Promise<AuditStatistics>;
  /** Whether it can be relied on. */
  health(): AuditHealth;
  /** Writes what is left and closes the file. */
  close(): Promise<void>;
}
