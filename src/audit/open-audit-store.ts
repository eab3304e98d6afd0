/**
 * Reads the options of a store and makes it. Nothing is opened here: the first record, or the first question, does that.
 */
import { createPrivateKey, KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { Issues, isOneOf, isText } from '../core/validate.js';
import type { AuditStore, AuditStoreOptions } from './audit-store.js';
import { createEventRedaction } from './event-redaction.js';
import { SqliteStore } from './sqlite-store.js';
import { openSqlite, type OpenDatabase } from './sqlite-driver.js';

/** Where a store is if nobody says otherwise: below the working directory. */
export const DEFAULT_AUDIT_FILE = '.custody/audit.db';

const ON_FAILURE = ['degrade', 'fail-closed'] as const;
const KEY_TYPE = 'ed25519';

/**
 * A store of audit records in a SQLite database: over `node:sqlite`, or over the optional package `libsql` where Node has none.
 * Nothing is loaded or opened before it is used.
 *
 * @throws `CommandValidationError` with code `VALIDATION_FAILED` naming each option that is wrong.
 *
 * @example
 * const store = openAuditStore();
 * const runner = createRunner({ observers: [auditObserver(store)] });
 */
export function openAuditStore(options: AuditStoreOptions = {}): AuditStore {
  return openStoreOver(options, openSqlite, true);
}

/** The same over a driver of one's choice, and without a thread that writes: it could not be given the driver. */
export function openStoreOver(options: AuditStoreOptions, open: OpenDatabase, mayUseThread = false): AuditStore {
  const { file = DEFAULT_AUDIT_FILE, onFailure = 'degrade', onProblem = warn } = options;
  const { redactPatterns = [], retentionDays, archive, signingKey } = options;
  const issues = new Issues('');
  isText(file, 'file', issues);
  isOneOf(onFailure, ON_FAILURE, 'onFailure', issues);
  if (retentionDays !== undefined && !(typeof retentionDays === 'number' && retentionDays >= 1)) {
    issues.add('retentionDays', 'must be a number from 1');
  }
  const key = signingKey === undefined ? undefined : readSigningKey(signingKey, issues);
  issues.throwIfAny();
  const path = resolve(file);
  // With an archive only the host removes what is old.
  const retention = archive === undefined ? retentionDays : undefined;
  return new SqliteStore({
    file: path,
    isFailClosed: onFailure === 'fail-closed',
    onProblem,
    redaction: createEventRedaction(redactPatterns),
    retentionDays,
    archive,
    signingKey: key,
    open,
    thread: mayUseThread ? { file: path, redactPatterns, retentionDays: retention } : undefined,
  });
}

function readSigningKey(key: string | KeyObject, issues: Issues): KeyObject | undefined {
  try {
    const read = key instanceof KeyObject ? key : createPrivateKey(key);
    if (read.type === 'private' && read.asymmetricKeyType === KEY_TYPE) return read;
  } catch {
    // What the engine says may show parts of the key.
  }
  issues.add('signingKey', 'must be an Ed25519 private key, in PEM or as a KeyObject');
  return undefined;
}

function warn(problem: string): void {
  process.emitWarning(`audit records cannot be written: ${problem}`, { type: 'CustodyWarning', code: 'CUSTODY_AUDIT' });
}
