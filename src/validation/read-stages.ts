/** Stages as callers and files give them, checked: everything that is wrong at once, before anything is started. */
import { splitCommandLine } from '../core/command-line.js';
import { nearestName } from '../core/nearest-name.js';
import { isObject } from '../core/shape.js';
import { isInRange, isText, Issues, type Range } from '../core/validate.js';
import { FORMAT_NAMES } from '../parsers/formats.js';
import type { ValidationStage } from './stage.js';

/** One command, ready to run. */
export interface PlannedCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/** A stage with its defaults in place. */
export interface PlannedStage extends Pick<ValidationStage, 'name' | 'cwd' | 'env' | 'timeoutMs' | 'format'> {
  readonly command: PlannedCommand;
  /** What repairs; `undefined`: nothing does. */
  readonly fix: PlannedCommand | undefined;
  readonly shell: boolean;
  /** Indexes of the stages that come before. */
  readonly waitsFor: readonly number[];
  /** Whether those must have passed. */
  readonly needsSuccess: boolean;
}

const TIMEOUT_MS: Range = { min: 1, max: 86_400_000, standard: 300_000 };
const MAX_STAGES = 1_000;
const KEYS: readonly (keyof ValidationStage)[] = [
  'name',
  'command',
  'fixable',
  'fixCommand',
  'after',
  'cwd',
  'env',
  'shell',
  'timeoutMs',
  'format',
];
const NAMES: readonly string[] = KEYS;

/** @throws `CommandValidationError` naming every property that is wrong, names that are not unique and cycles. */
export function readStages(stages: unknown): readonly PlannedStage[] {
  const issues = new Issues('');
  if (!Array.isArray(stages) || stages.length > MAX_STAGES) {
    issues.add('stages', `must be a list of at most ${MAX_STAGES} stages`);
    issues.throwIfAny();
    return [];
  }
  const names = stages.map((stage: unknown) => (isObject(stage) ? stage.name : undefined));
  const planned = stages.flatMap((stage: unknown, index) => readStage(stage, index, names, issues) ?? []);
  issues.throwIfAny();
  refuseCycles(planned, issues);
  issues.throwIfAny();
  return planned;
}

function readStage(value: unknown, index: number, names: readonly unknown[], issues: Issues): PlannedStage | undefined {
  const at = `stages[${index}]`;
  if (!isObject(value)) {
    issues.add(at, 'must be an object');
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (NAMES.includes(key)) continue;
    const meant = nearestName(key, NAMES);
    issues.add(
      `${at}.${key}`,
      meant === undefined ? `is none of ${NAMES.join(', ')}` : `is unknown: did you mean '${meant}'?`,
    );
  }
  const { name, command, fixable, fixCommand, after, cwd, env, shell, timeoutMs, format } = value;
  if (isText(name, `${at}.name`, issues) && names.indexOf(name) !== index) issues.add(`${at}.name`, 'must be unique');
  for (const [key, flag] of Object.entries({ fixable, shell })) {
    if (flag !== undefined && typeof flag !== 'boolean') issues.add(`${at}.${key}`, 'must be true or false');
  }
  if (cwd !== undefined) isText(cwd, `${at}.cwd`, issues);
  if (env !== undefined && !isObject(env)) issues.add(`${at}.env`, 'must be an object');
  if (timeoutMs !== undefined) isInRange(timeoutMs, TIMEOUT_MS, `${at}.timeoutMs`, issues);
  checkFormat(format, `${at}.format`, issues);
  if (fixable === false && fixCommand !== undefined) issues.add(`${at}.fixCommand`, 'contradicts fixable: false');
  const planned = readCommand(command, shell === true, `${at}.command`, issues);
  const fix =
    fixCommand === undefined ? undefined : readCommand(fixCommand, shell === true, `${at}.fixCommand`, issues);
  const waitsFor = readAfter(after, index, names, `${at}.after`, issues);
  if (planned === undefined) return undefined;
  return {
    ...(value as unknown as Pick<ValidationStage, 'name' | 'cwd' | 'env' | 'timeoutMs' | 'format'>),
    command: planned,
    fix: fix ?? (fixable === true ? planned : undefined),
    shell: shell === true,
    waitsFor,
    needsSuccess: after !== undefined,
  };
}

function readCommand(value: unknown, isShell: boolean, at: string, issues: Issues): PlannedCommand | undefined {
  if (Array.isArray(value) && value.length > 0) {
    const isRight = value.every((word: unknown) => typeof word === 'string') && value[0] !== '';
    if (!isRight) issues.add(at, 'must hold texts, the first of them not empty');
    const [file = '', ...args] = value as readonly string[];
    return isRight ? { file, args } : undefined;
  }
  if (!isText(value, at, issues)) return undefined;
  if (isShell) return { file: value, args: [] };
  const line = splitCommandLine(value);
  if ('problem' in line) {
    issues.add(at, line.problem);
    return undefined;
  }
  const [file, ...args] = line.words;
  if (file === undefined) issues.add(at, 'must not be blank');
  return file === undefined ? undefined : { file, args };
}

function readAfter(
  after: unknown,
  index: number,
  names: readonly unknown[],
  at: string,
  issues: Issues,
): readonly number[] {
  if (after === undefined) return Array.from({ length: index }, (_, before) => before);
  if (!Array.isArray(after)) {
    issues.add(at, 'must be a list of names');
    return [];
  }
  return after.map((name: unknown, place) => {
    const known = names.indexOf(name);
    if (known === -1 || typeof name !== 'string') issues.add(`${at}[${place}]`, 'is the name of no stage');
    return known;
  });
}

function checkFormat(format: unknown, at: string, issues: Issues): void {
  if (format === undefined || format === 'auto' || format === 'none') return;
  const names: readonly unknown[] = Array.isArray(format) ? format : [format];
  const known: readonly unknown[] = FORMAT_NAMES;
  if (!names.every((name) => known.includes(name))) {
    issues.add(at, `must be auto, none, or of ${FORMAT_NAMES.join(', ')}`);
  }
}

/** A stage that waits for itself, by whatever way round, would never run. */
function refuseCycles(stages: readonly PlannedStage[], issues: Issues): void {
  const open = new Map(stages.map((stage, index) => [index, new Set(stage.waitsFor)]));
  for (let found = true; found;) {
    found = false;
    for (const [index, waitsFor] of open) {
      if ([...waitsFor].some((before) => open.has(before))) continue;
      open.delete(index);
      found = true;
    }
  }
  for (const index of open.keys()) {
    issues.add(`stages[${index}].after`, `is a cycle: '${stages[index]?.name ?? ''}' waits for itself`);
  }
}
