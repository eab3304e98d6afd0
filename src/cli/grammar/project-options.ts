/** Options that every command takes that runs something, or looks at what was run: the configuration of the project and its record. */
import type { Command } from 'commander';
import type { AuditChoice } from '../commands/run-audit.js';

/** The configuration file; `false`: none; `undefined`: the one that is found. */
export type ConfigChoice = string | false | undefined;

/** Declares `--config` and `--no-config`, which are read as {@link ConfigChoice}. */
export function addConfig(command: Command): Command {
  return command
    .option('--config <file>', 'use this configuration file')
    .option('--no-config', 'use no configuration file');
}

/** What commander makes of the options of {@link addAudit}. */
export interface AuditOptions {
  readonly audit: boolean;
  readonly auditDb?: string;
}

/** Declares `--no-audit` and `--audit-db`. `what` is recorded. */
export function addAudit(command: Command, what: string): Command {
  return command
    .option('--no-audit', `do not record ${what}`)
    .option('--audit-db <file>', `record ${what} in this store (default: .custody/audit.db of the project)`);
}

/** What was typed of the options of {@link addAudit}. */
export function auditChoiceOf({ audit, auditDb }: AuditOptions): AuditChoice {
  return { isWanted: audit, file: auditDb };
}
