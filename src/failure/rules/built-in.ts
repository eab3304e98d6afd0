/**
 * All built-in rules in the order of evidence: what the runner observed; then length; path, permission, resource, shell; missing
 * executable; dependency; token and login; network; verdicts of the command on its own work; what is weak; and the exit status.
 *
 * Within one category the order of the files holds, so a particular rule stands before a general one.
 */
import type { FailureCategory } from '../failure.js';
import { textRule, type FailureRule, type TextPatterns } from '../rule.js';
import { SUBCODES } from '../subcodes.js';
import { AUTH_PATTERNS, TOKEN_PATTERNS } from './auth.js';
import { DEPENDENCY_PATTERNS } from './dependency.js';
import { EXECUTABLE_PATTERNS } from './executable.js';
import { FILESYSTEM_PATTERNS } from './filesystem.js';
import { GIT_PATTERNS } from './git.js';
import { LENGTH_PATTERNS } from './length.js';
import { LOCALISED_PATTERNS } from './localised.js';
import { MISSING_PATH_PATTERNS } from './missing-path.js';
import { NETWORK_PATTERNS } from './network.js';
import { OBSERVED_RULES } from './observed.js';
import { PACKAGE_PATTERNS } from './packages.js';
import { PERMISSION_PATTERNS } from './permission.js';
import { RESOURCE_PATTERNS } from './resource.js';
import { SERVICE_PATTERNS } from './services.js';
import { SHELL_PATTERNS } from './shell.js';
import { CRASH_RULES, STATUS_RULES } from './status.js';
import { hasVerdict, VERDICT_PATTERNS, VERDICT_RULES } from './verdict.js';

/** Categories that are read from text, by rank. Those of one rank are asked in the order of the patterns below. */
const TEXT_ORDER: readonly (readonly FailureCategory[])[] = [
  ['argv_too_long', 'shell_command_too_long'],
  ['working_directory', 'filesystem_path', 'permission_lock', 'resource_exhausted', 'shell_environment'],
  ['missing_executable'],
  ['dependency'],
  ['token', 'auth'],
  ['network'],
  ['command_failed'],
];

/** Particular before general. */
const STRONG_PATTERNS: readonly TextPatterns[] = [
  ...LENGTH_PATTERNS,
  ...GIT_PATTERNS,
  ...SHELL_PATTERNS,
  ...RESOURCE_PATTERNS,
  ...PERMISSION_PATTERNS,
  ...FILESYSTEM_PATTERNS,
  ...LOCALISED_PATTERNS,
  ...EXECUTABLE_PATTERNS,
  ...SERVICE_PATTERNS,
  ...PACKAGE_PATTERNS,
  ...DEPENDENCY_PATTERNS,
  ...TOKEN_PATTERNS,
  ...AUTH_PATTERNS,
  ...NETWORK_PATTERNS,
];

const toRule = (patterns: TextPatterns): FailureRule => textRule(patterns, hasVerdict);

const TEXT_RULES = TEXT_ORDER.flatMap((rank) =>
  STRONG_PATTERNS.filter(({ subcode }) => rank.includes(SUBCODES[subcode].category)).map(toRule),
);

/** Every pattern of the built-in rules. */
export const BUILT_IN_PATTERNS: readonly RegExp[] = [
  ...STRONG_PATTERNS,
  ...VERDICT_PATTERNS,
  ...MISSING_PATH_PATTERNS,
].flatMap(({ any, unless = [] }) => [...any, ...unless]);

export const BUILT_IN_RULES: readonly FailureRule[] = [
  ...OBSERVED_RULES,
  ...CRASH_RULES,
  ...TEXT_RULES,
  ...VERDICT_RULES,
  ...MISSING_PATH_PATTERNS.map(toRule),
  ...STATUS_RULES,
];
