/**
 * The fields of a command, read from whatever a caller passes: checked, copied and frozen.
 *
 * The readers of a run's options decide what is right, so that a command is refused when it is made and not when it runs.
 * What no field differs by is made the same: no variables, no limits and no secrets are `undefined`.
 */
import type { EnvLayer, Invocation } from './invocation.js';
import { blankInvocation } from './invocation.js';
import { nearestName } from './nearest-name.js';
import { commandReaders } from './option-readers.js';
import { readArgs } from './read-args.js';
import { RUN_LIMITS } from './run-limits.js';
import type { CommandSpec, EnvVariables, InputSource } from './run-options.js';
import { isFileText, type Issues } from './validate.js';

/** A {@link CommandSpec} whose every property is there. A stream of input is read once, and therefore no part of a value. */
export type CommandFields = {
  readonly [Name in keyof CommandSpec]-?: Exclude<CommandSpec[Name], InputSource>;
};

/** Every field, in the order in which JSON and keys have them. */
export const COMMAND_FIELDS = [
  ...([
    'file',
    'args',
    'cwd',
    'env',
    'envMode',
    'envInclude',
    'envExclude',
    'input',
    'stdin',
    'stdout',
    'stderr',
  ] as const),
  ...(['maxOutputBytes', 'timeoutMs', 'limits', 'shell', 'strictShell', 'secrets'] as const),
] as const satisfies readonly (keyof CommandFields)[];

type Draft = { -readonly [Name in keyof CommandFields]?: CommandFields[Name] };

/** Takes the fields of `spec`, or notes what is wrong with them. Reading may throw, see {@link Issues}. */
export function readCommandFields(spec: object, issues: Issues, current: (property: string) => void): CommandFields {
  const draft: Draft = {};
  for (const key of Object.keys(spec)) {
    current(key);
    const value = (spec as Record<string, unknown>)[key];
    if (key === 'file') {
      if (isFileText(value, 'file', issues)) draft.file = value;
    } else if (value !== undefined) {
      readField(key, value, draft, issues);
    }
  }
  if (!('file' in spec)) issues.add('file', 'is required');
  return { ...NO_FIELDS, ...draft };
}

const NO_ARGS: readonly string[] = Object.freeze([]);

const NO_FIELDS: CommandFields = Object.freeze({
  ...{ file: '', args: NO_ARGS, cwd: undefined, env: undefined, envMode: undefined, input: undefined },
  ...{ envInclude: undefined, envExclude: undefined },
  ...{ stdin: undefined, stdout: undefined, stderr: undefined, maxOutputBytes: undefined, timeoutMs: undefined },
  ...{ limits: undefined, shell: undefined, strictShell: undefined, secrets: undefined },
});

function readField(key: string, value: unknown, draft: Draft, issues: Issues): void {
  if (key === 'args') {
    draft.args = readArgs(value, RUN_LIMITS.maxArgs, issues) ?? NO_ARGS;
    return;
  }
  const reader = commandReaders.get(key);
  if (reader === undefined) {
    const nearest = nearestName(key, commandReaders.keys());
    issues.add(key, nearest === undefined ? 'is not of a command' : `is not of a command; did you mean ${nearest}?`);
    return;
  }
  const invocation = blankInvocation(RUN_LIMITS);
  reader(invocation, value, issues, RUN_LIMITS);
  if (invocation.inputSource !== undefined) {
    issues.add(
      'input',
      'must be a string or a Uint8Array: a stream is read once, so give it with the options of a run',
    );
    return;
  }
  takeField(key as Exclude<keyof CommandFields, 'file' | 'args'>, value, invocation, draft);
}

/** From an invocation into which one option has been read. */
function takeField(
  name: Exclude<keyof CommandFields, 'file' | 'args'>,
  value: unknown,
  invocation: Invocation,
  draft: Draft,
): void {
  const [layer] = name === 'secrets' ? invocation.secretLayers : invocation.envLayers;
  switch (name) {
    case 'env':
      draft.env = layer === undefined ? undefined : variablesOf(layer);
      break;
    case 'secrets':
      draft.secrets = layer === undefined ? undefined : (variablesOf(layer) as Readonly<Record<string, string>>);
      break;
    case 'input':
      // A copy: bytes cannot be frozen, and nobody else shall change these.
      draft.input = typeof value === 'string' ? value : invocation.input?.slice();
      break;
    case 'stdin':
      draft.stdin = Object.freeze(invocation.stdin);
      break;
    case 'limits':
      draft.limits = Object.keys(invocation.limits).length === 0 ? undefined : invocation.limits;
      break;
    case 'shell':
      draft.shell = value as boolean | string;
      break;
    default:
      Object.assign(draft, { [name]: invocation[name] });
  }
}

/** Entries by definition, so that a variable named `__proto__` is one like any other. */
function variablesOf({ set, unset }: EnvLayer): EnvVariables | undefined {
  if (set.length === 0 && unset.length === 0) return undefined;
  return Object.freeze(Object.fromEntries([...set, ...unset.map((name) => [name, null] as const)]));
}
