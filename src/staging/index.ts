/**
 * `custody/staging`: work that has to succeed as a whole, in a folder of its own that is put in place or removed.
 *
 * @module custody/staging
 */
export { checkEntries, type EntryOptions, type EntryProblem, type EntryReport, type EntryRules } from './entries.js';
export { gitCommand, type GitCommandOptions } from './git-command.js';
export { stage, type Stage, type StageOptions, type StageReport } from './stage.js';
export { trackWrites, type TrackedRun, type WriteReport } from './write-tracking.js';
