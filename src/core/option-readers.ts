/**
 * One reader per option: checks a value that a caller gave and puts it into the invocation. A new option is a row here and
 * a property in `run-options.ts`.
 */
import { TimeBudget } from './budget.js';
import type { Invocation, OptionLimits } from './invocation.js';
import type { ErrorParser } from './parsed-errors.js';
import { readCorrelation } from './read-correlation.js';
import { readEligibility } from './read-eligibility.js';
import { readEnv, readSecrets } from './read-env.js';
import { readLimits } from './read-limits.js';
import { outputReaders } from './read-output-options.js';
import { readRedact } from './read-redact.js';
import { readTexts } from './read-texts.js';
import type { InputSource } from './run-options.js';
import { shellChoiceOf } from './shell-choice.js';
import { isAbortSignal, isInRange, isOneOf, isText, type Issues } from './validate.js';

/** Takes one given value into the draft, or notes what is wrong with it. */
export type OptionReader = (draft: Invocation, value: unknown, issues: Issues, limits: OptionLimits) => void;

const ENV_MODES = ['inherit', 'merge', 'replace', 'minimal'] as const;
const OUTPUT_TARGETS = ['capture', 'inherit', 'ignore'] as const;
const STDIN_WORDS = ['ignore', 'pipe', 'inherit'] as const;
const ARGV_METACHARS = ['off', 'executable', 'warn', 'reject'] as const;
const ELEVATED_POLICIES = ['allow', 'warn', 'refuse'] as const;
const CONTAINMENTS = ['tree', 'strict', 'group', 'none'] as const;

/** Every code that a POSIX process can have. */
const MAX_EXIT_CODES = 256;

const utf8 = new TextEncoder();

/** Options that describe the command itself and may therefore stand in a command object too. */
export const commandReaders: ReadonlyMap<string, OptionReader> = new Map<string, OptionReader>([
  [
    'cwd',
    (draft, value, issues) => {
      if (isText(value, 'cwd', issues)) draft.cwd = value;
    },
  ],
  [
    'env',
    (draft, value, issues, limits) => {
      const layer = readEnv(value, limits.maxEnvNames, issues);
      if (layer !== undefined) draft.envLayers = [...draft.envLayers, layer];
    },
  ],
  [
    'envMode',
    (draft, value, issues) => {
      if (isOneOf(value, ENV_MODES, 'envMode', issues)) draft.envMode = value;
    },
  ],
  ['envInclude', globsReader('envInclude')],
  ['envExclude', globsReader('envExclude')],
  [
    'secrets',
    (draft, value, issues, limits) => {
      const layer = readSecrets(value, limits.maxEnvNames, issues);
      if (layer !== undefined) draft.secretLayers = [...draft.secretLayers, layer];
    },
  ],
  ['input', readInput],
  ['stdin', readStdin],
  ['timeoutMs', durationReader('timeoutMs')],
  ['stdout', targetReader('stdout')],
  ['stderr', targetReader('stderr')],
  [
    'maxOutputBytes',
    (draft, value, issues, limits) => {
      if (isInRange(value, limits.maxOutputBytes, 'maxOutputBytes', issues)) draft.maxOutputBytes = Math.floor(value);
    },
  ],
  [
    'limits',
    (draft, value, issues, limits) => {
      draft.limits = readLimits(value, draft.limits, limits.resources, issues) ?? draft.limits;
    },
  ],
  ['shell', readShell],
  ['strictShell', switchReader('strictShell')],
]);

/** All options of a run. */
export const optionReaders: ReadonlyMap<string, OptionReader> = new Map<string, OptionReader>([
  ...commandReaders,
  ['idleTimeoutMs', durationReader('idleTimeoutMs')],
  ['graceMs', durationReader('graceMs')],
  ['drainMs', durationReader('drainMs')],
  [
    'onOverflow',
    (draft, value, issues) => {
      if (isOneOf(value, ['truncate', 'kill'], 'onOverflow', issues)) draft.onOverflow = value;
    },
  ],
  [
    'signal',
    (draft, value, issues) => {
      if (isAbortSignal(value, 'signal', issues)) draft.signal = value;
    },
  ],
  [
    'stragglers',
    (draft, value, issues) => {
      if (isOneOf(value, ['kill', 'report', 'leave'], 'stragglers', issues)) draft.stragglers = value;
    },
  ],
  [
    'containment',
    (draft, value, issues) => {
      if (isOneOf(value, CONTAINMENTS, 'containment', issues)) draft.containment = value;
    },
  ],
  ['strictLimits', switchReader('strictLimits')],
  ['redact', readRedact],
  ['reject', switchReader('reject')],
  [
    'correlation',
    (draft, value, issues) => {
      draft.correlation = readCorrelation(value, issues) ?? draft.correlation;
    },
  ],
  ['successExitCodes', readExitCodes],
  [
    'parseErrors',
    (draft, value, issues) => {
      if (typeof value === 'function') draft.parseErrors = value as ErrorParser;
      else issues.add('parseErrors', 'must be a function');
    },
  ],
  ['uid', idReader('uid')],
  ['gid', idReader('gid')],
  [
    'elevated',
    (draft, value, issues) => {
      if (isOneOf(value, ELEVATED_POLICIES, 'elevated', issues)) draft.elevated = value;
    },
  ],
  ['throwOnCancel', switchReader('throwOnCancel')],
  ['queueTimeoutMs', durationReader('queueTimeoutMs')],
  ['totalBudgetMs', durationReader('totalBudgetMs')],
  [
    'budget',
    (draft, value, issues) => {
      if (TimeBudget.is(value)) draft.budget = value;
      else issues.add('budget', 'must come from timeBudget()');
    },
  ],
  [
    'target',
    (draft, value, issues) => {
      if (isText(value, 'target', issues)) draft.target = value;
    },
  ],
  ['nested', switchReader('nested')],
  [
    'argvMetachars',
    (draft, value, issues) => {
      if (isOneOf(value, ARGV_METACHARS, 'argvMetachars', issues)) draft.argvMetachars = value;
    },
  ],
  ['allowOutsideRoot', switchReader('allowOutsideRoot')],
  [
    'network',
    (draft, value, issues) => {
      if (isOneOf(value, ['inherit', 'none'], 'network', issues)) draft.network = value;
    },
  ],
  [
    'eligibility',
    (draft, value, issues) => {
      draft.eligibility = readEligibility(value, draft.eligibility, issues) ?? draft.eligibility;
    },
  ],
  ...outputReaders,
]);

function readInput(draft: Invocation, value: unknown, issues: Issues): void {
  const source = isInputSource(value) ? value : undefined;
  const bytes = bytesOf(value);
  if (source === undefined && bytes === undefined) {
    issues.add('input', 'must be a string, a Uint8Array or a stream of them');
    return;
  }
  // The input of the options takes the place of that of the command, whatever kind each is.
  draft.inputSource = source;
  draft.input = bytes;
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') return utf8.encode(value);
  // `isView` is false for a proxy, which `instanceof` would let through to the backend. Copied, because the run may have to wait
  // for its turn, or be launched again, and the caller's array is the caller's.
  return ArrayBuffer.isView(value) && value instanceof Uint8Array ? new Uint8Array(value) : undefined;
}

function isInputSource(value: unknown): value is InputSource {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function readStdin(draft: Invocation, value: unknown, issues: Issues): void {
  if (typeof value === 'object' && value !== null) {
    const file: unknown = (value as { file?: unknown }).file;
    if (isText(file, 'stdin.file', issues)) draft.stdin = { file };
  } else if (isOneOf(value, STDIN_WORDS, 'stdin', issues)) {
    draft.stdin = value;
  }
}

type DurationName = 'timeoutMs' | 'idleTimeoutMs' | 'graceMs' | 'drainMs' | 'queueTimeoutMs' | 'totalBudgetMs';

function durationReader(name: DurationName): OptionReader {
  return (draft, value, issues, limits) => {
    // Rounded up: a limit may come late by less than a millisecond, never early.
    if (isInRange(value, limits[name], name, issues)) draft[name] = Math.ceil(value);
  };
}

function globsReader(name: 'envInclude' | 'envExclude'): OptionReader {
  return (draft, value, issues) => {
    draft[name] = readTexts(value, name, 'names, in which * and ? stand for any characters', issues);
  };
}

function readShell(draft: Invocation, value: unknown, issues: Issues): void {
  if (typeof value === 'boolean') {
    draft.shell = value || undefined;
    return;
  }
  if (typeof value === 'string' && shellChoiceOf(value) !== undefined) draft.shell = value;
  else issues.add('shell', "must be true, false or a shell: 'sh', 'bash', 'cmd', 'powershell', or the path of one");
}

function readExitCodes(draft: Invocation, value: unknown, issues: Issues): void {
  const isList = Array.isArray(value) && value.length > 0 && value.length <= MAX_EXIT_CODES;
  // NTSTATUS codes of Windows are such numbers too.
  const fits = (code: unknown): boolean =>
    Number.isInteger(code) && (code as number) >= 0 && (code as number) < 2 ** 32;
  if (isList && value.every(fits)) draft.successExitCodes = Object.freeze(Array.from(value as readonly number[]));
  else issues.add('successExitCodes', `must be an array of 1 to ${MAX_EXIT_CODES} exit codes, whole numbers from 0`);
}

function idReader(name: 'uid' | 'gid'): OptionReader {
  return (draft, value, issues) => {
    // The highest number means "leave it" to the system.
    const fits = Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32 - 1;
    if (fits) draft[name] = value as number;
    else
      issues.add(name, 'must be a number of a system account, from 0 to 4294967294; names have to be looked up first');
  };
}

type Switch = 'strictLimits' | 'reject' | 'throwOnCancel' | 'nested' | 'strictShell' | 'allowOutsideRoot';

function switchReader(name: Switch): OptionReader {
  return (draft, value, issues) => {
    if (typeof value === 'boolean') draft[name] = value;
    else issues.add(name, 'must be true or false');
  };
}

function targetReader(name: 'stdout' | 'stderr'): OptionReader {
  return (draft, value, issues) => {
    if (isOneOf(value, OUTPUT_TARGETS, name, issues)) draft[name] = value;
  };
}
