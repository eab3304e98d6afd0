/**
 * One reader per option: checks a value that a caller gave and puts it into the invocation. A new option is a row here and
 * a property in `run-options.ts`.
 */
import type { Invocation, OptionLimits } from './invocation.js';
import { readEnv } from './read-env.js';
import type { InputSource } from './run-options.js';
import { readLimits } from './read-limits.js';
import { outputReaders } from './read-output-options.js';
import { isAbortSignal, isInRange, isOneOf, isText, type Issues } from './validate.js';

/** Takes one given value into the draft, or notes what is wrong with it. */
export type OptionReader = (draft: Invocation, value: unknown, issues: Issues, limits: OptionLimits) => void;

const ENV_MODES = ['inherit', 'merge', 'replace', 'minimal'] as const;
const OUTPUT_TARGETS = ['capture', 'inherit', 'ignore'] as const;
const STDIN_WORDS = ['ignore', 'pipe', 'inherit'] as const;
const CONTAINMENTS = ['tree', 'strict', 'group', 'none'] as const;

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
  ['input', readInput],
  ['stdin', readStdin],
  ['timeoutMs', durationReader('timeoutMs')],
]);

/** All options of a run. */
export const optionReaders: ReadonlyMap<string, OptionReader> = new Map<string, OptionReader>([
  ...commandReaders,
  ['stdout', targetReader('stdout')],
  ['stderr', targetReader('stderr')],
  ['idleTimeoutMs', durationReader('idleTimeoutMs')],
  ['graceMs', durationReader('graceMs')],
  ['drainMs', durationReader('drainMs')],
  [
    'maxOutputBytes',
    (draft, value, issues, limits) => {
      if (isInRange(value, limits.maxOutputBytes, 'maxOutputBytes', issues)) draft.maxOutputBytes = Math.floor(value);
    },
  ],
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
  [
    'limits',
    (draft, value, issues, limits) => {
      draft.limits = readLimits(value, draft.limits, limits.resources, issues) ?? draft.limits;
    },
  ],
  ['strictLimits', switchReader('strictLimits')],
  ['reject', switchReader('reject')],
  ...outputReaders,
]);

function readInput(draft: Invocation, value: unknown, issues: Issues): void {
  if (isInputSource(value)) draft.inputSource = value;
  else if (typeof value === 'string') draft.input = utf8.encode(value);
  // `isView` is false for a proxy, which `instanceof` would let through to the backend.
  else if (ArrayBuffer.isView(value) && value instanceof Uint8Array) draft.input = value;
  else issues.add('input', 'must be a string, a Uint8Array or a stream of them');
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

function durationReader(name: 'timeoutMs' | 'idleTimeoutMs' | 'graceMs' | 'drainMs'): OptionReader {
  return (draft, value, issues, limits) => {
    // Rounded up: a limit may come late by less than a millisecond, never early.
    if (isInRange(value, limits[name], name, issues)) draft[name] = Math.ceil(value);
  };
}

function switchReader(name: 'strictLimits' | 'reject'): OptionReader {
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
