/**
 * Reads the arguments of `run`, `start` and `runSync` into one validated value.
 *
 * Callers may pass anything, so every property is read once, checked and copied; what is wrong is reported together as one
 * {@link CommandValidationError} before anything native happens. Ordinary calls stay cheap: only properties that are given
 * cost anything.
 */
import type { TimeBudget } from './budget.js';
import { checkCommandText, metacharWarnings } from './command-text.js';
import type { CorrelationOption } from './correlation.js';
import { NOT_JUDGED, type EligibilityChoice } from './eligibility.js';
import type { LaunchTarget } from './launch-target.js';
import type { Containment, OutputTarget, StragglerPolicy } from './launch-spec.js';
import { nearestName } from './nearest-name.js';
import { commandReaders, optionReaders, type OptionReader } from './option-readers.js';
import { readArgs } from './read-args.js';
import { hardened } from './read-eligibility.js';
import type { RedactChoice } from './read-redact.js';
import { NO_LIMITS, type LimitName, type ResourceLimits } from './resource-limits.js';
import type { Backpressure, OutputHandlers } from './output-handlers.js';
import { SUCCESS_EXIT_CODES } from './outcome.js';
import type { ErrorParser } from './parsed-errors.js';
import type { OverflowStrategy } from './retention.js';
import type { ArgvMetachars, ElevatedPolicy, Encoding, EnvMode, InputSource, StdinOption } from './run-options.js';
import type { LaunchFailure } from './settled-facts.js';
import type { Tee } from './tee.js';
import { isFileText, Issues, type Range } from './validate.js';

/** Bounds of what callers may ask for. Milliseconds and bytes, as the names say. */
export interface OptionLimits {
  readonly timeoutMs: Range;
  readonly queueTimeoutMs: Range;
  readonly totalBudgetMs: Range;
  readonly idleTimeoutMs: Range;
  readonly graceMs: Range;
  readonly drainMs: Range;
  readonly maxOutputBytes: Range;
  readonly chunkBytes: Range;
  readonly teeBytes: Range;
  readonly resources: Readonly<Record<LimitName, Range>>;
  readonly maxArgs: number;
  readonly maxEnvNames: number;
}

/** One set of variables: what it sets and what it removes. Names and values are free of NUL, names of `=`. */
export interface EnvLayer {
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly unset: readonly string[];
}

/** A command and its options, complete and checked. `undefined` means: not given, and has no default of its own. */
export interface Invocation {
  file: string;
  args: readonly string[];
  cwd: string | undefined;
  /** Later layers win. */
  envLayers: readonly EnvLayer[];
  envMode: EnvMode;
  /** `undefined`: the policy's own. */
  envInclude: readonly string[] | undefined;
  envExclude: readonly string[] | undefined;
  /** On top of `envLayers`, and registered for redaction. Later layers win. */
  secretLayers: readonly EnvLayer[];
  redact: RedactChoice | undefined;
  input: Uint8Array | undefined;
  inputSource: InputSource | undefined;
  stdin: StdinOption | undefined;
  stdout: OutputTarget;
  stderr: OutputTarget;
  timeoutMs: number;
  /** 0: none. */
  idleTimeoutMs: number;
  graceMs: number;
  drainMs: number;
  maxOutputBytes: number;
  onOverflow: 'truncate' | 'kill';
  signal: AbortSignal | undefined;
  stragglers: StragglerPolicy;
  containment: Containment | undefined;
  limits: ResourceLimits;
  strictLimits: boolean;
  encoding: Encoding;
  overflow: OverflowStrategy;
  truncationMarker: boolean;
  captureOutput: boolean;
  newlines: 'keep' | 'lf';
  stdio: 'separate' | 'merged';
  handlers: OutputHandlers | undefined;
  chunkBytes: number;
  backpressure: Backpressure;
  tee: Tee | undefined;
  reject: boolean;
  successExitCodes: readonly number[];
  parseErrors: ErrorParser | undefined;
  uid: number | undefined;
  gid: number | undefined;
  elevated: ElevatedPolicy;
  correlation: CorrelationOption | undefined;
  throwOnCancel: boolean;
  /** `undefined`: as long as the command may run. */
  queueTimeoutMs: number | undefined;
  /** 0: none. */
  totalBudgetMs: number;
  budget: TimeBudget | undefined;
  target: string | undefined;
  nested: boolean;
  /** `true`: the default shell of the system; `undefined`: none, which is the rule. */
  shell: string | true | undefined;
  strictShell: boolean;
  argvMetachars: ArgvMetachars;
  allowOutsideRoot: boolean;
  eligibility: EligibilityChoice;
  network: 'inherit' | 'none';
  /** What the caller should know of the call itself, in words and without values. */
  warnings: readonly string[];
  /** What is launched where that is not simply `file`, `args` and `cwd`; the runner's business. */
  launchTarget: LaunchTarget | undefined;
  /** Why it is not launched at all; the runner's business too. */
  refusal: LaunchFailure | undefined;
}

/** What a runner starts from: the built-in defaults with the runner's own on top. */
export type InvocationDefaults = Readonly<Invocation>;

const NO_ARGS: readonly string[] = Object.freeze([]);
const NO_WARNINGS: readonly string[] = Object.freeze([]);
const NO_LAYERS: readonly EnvLayer[] = Object.freeze([]);

/**
 * The defaults of a runner, on top of those in `base` if there are any.
 *
 * @throws {@link CommandValidationError} naming each property that is wrong, such as `defaults.timeoutMs`.
 */
export function readDefaults(defaults: unknown, limits: OptionLimits, base?: InvocationDefaults): InvocationDefaults {
  const draft: Invocation = base === undefined ? blankInvocation(limits) : { ...base };
  if (defaults === undefined) return draft;
  const reading = new Reading(draft, limits, 'defaults.');
  try {
    reading.options(defaults);
    if (draft.eligibility.override !== undefined)
      reading.issues.add('eligibility.override', 'cannot be a default: it is the reason of one call');
    if (draft.encoding !== 'utf8')
      reading.issues.add('encoding', 'cannot be a default: it changes the type of each result');
  } catch (error) {
    reading.refuse(error);
  }
  return reading.finish();
}

/** An invocation into which nothing has been read yet. */
export function blankInvocation(limits: OptionLimits): Invocation {
  return {
    file: '',
    args: NO_ARGS,
    cwd: undefined,
    envLayers: NO_LAYERS,
    envMode: 'inherit',
    envInclude: undefined,
    envExclude: undefined,
    secretLayers: NO_LAYERS,
    redact: undefined,
    input: undefined,
    inputSource: undefined,
    stdin: undefined,
    stdout: 'capture',
    stderr: 'capture',
    timeoutMs: limits.timeoutMs.standard,
    idleTimeoutMs: limits.idleTimeoutMs.standard,
    graceMs: limits.graceMs.standard,
    drainMs: limits.drainMs.standard,
    maxOutputBytes: limits.maxOutputBytes.standard,
    onOverflow: 'truncate',
    signal: undefined,
    stragglers: 'kill',
    containment: undefined,
    limits: NO_LIMITS,
    strictLimits: false,
    encoding: 'utf8',
    overflow: 'head-tail',
    truncationMarker: true,
    captureOutput: true,
    newlines: 'keep',
    stdio: 'separate',
    handlers: undefined,
    chunkBytes: limits.chunkBytes.standard,
    backpressure: 'drop-oldest',
    tee: undefined,
    reject: false,
    successExitCodes: SUCCESS_EXIT_CODES,
    parseErrors: undefined,
    uid: undefined,
    gid: undefined,
    elevated: 'allow',
    correlation: undefined,
    throwOnCancel: false,
    queueTimeoutMs: undefined,
    totalBudgetMs: limits.totalBudgetMs.standard,
    budget: undefined,
    target: undefined,
    nested: false,
    shell: undefined,
    strictShell: false,
    argvMetachars: 'executable',
    allowOutsideRoot: false,
    eligibility: NOT_JUDGED,
    network: 'inherit',
    warnings: NO_WARNINGS,
    launchTarget: undefined,
    refusal: undefined,
  };
}

/**
 * The command and options of one call: `(file, args?, options?)` or `(command, options?)`.
 *
 * @throws `TypeError` if there is no command at all.
 * @throws {@link CommandValidationError} naming each property that is wrong.
 */
export function readInvocation(
  command: unknown,
  second: unknown,
  third: unknown,
  defaults: InvocationDefaults,
  limits: OptionLimits,
): Invocation {
  if (command === undefined || command === null)
    throw new TypeError('a command is required: a file name or a command object');
  const reading = new Reading({ ...defaults }, limits, '');
  try {
    if (typeof command === 'object') {
      reading.command(command);
      reading.options(second);
    } else {
      reading.file(command);
      reading.args(second);
      reading.options(third);
    }
  } catch (error) {
    reading.refuse(error);
  }
  return reading.finish(defaults.eligibility);
}

/** The reading of one call. */
class Reading {
  readonly issues: Issues;
  readonly #draft: Invocation;
  readonly #limits: OptionLimits;
  /** What is being read, to be named when reading it throws. */
  #current = 'command';

  constructor(draft: Invocation, limits: OptionLimits, prefix: string) {
    this.#draft = draft;
    this.#limits = limits;
    this.issues = new Issues(prefix);
  }

  /** Reading threw: a getter, a proxy. */
  refuse(error: unknown): void {
    this.issues.add(this.#current, 'cannot be read');
    this.issues.throwIfAny(error);
  }

  /** @throws {@link CommandValidationError} if anything was wrong. */
  finish(base?: EligibilityChoice): Invocation {
    // What a call says of eligibility comes on top of what its runner says.
    if (base !== undefined) this.#draft.eligibility = hardened(base, this.#draft.eligibility, this.issues);
    const { input, inputSource, stdin, containment, stdio, stderr, uid, gid } = this.#draft;
    if (inputSource !== undefined && stdin !== undefined) {
      this.issues.add('stdin', 'must be left out when input is a stream');
    }
    if (stdio === 'merged' && stderr !== 'capture') {
      this.issues.add('stderr', "must be left out when stdio is 'merged': it goes where stdout goes");
    }
    if (input !== undefined && stdin !== undefined && stdin !== 'pipe') {
      this.issues.add('stdin', "must be 'pipe' or left out when input is given");
    }
    if (containment === 'none' && (input !== undefined || inputSource !== undefined || stdin === 'pipe')) {
      this.issues.add('containment', "'none' leaves nobody to write the input: use a file for stdin");
    }
    if (uid !== undefined && gid === undefined) {
      this.issues.add('gid', 'must be given with uid: the command would keep the group of the host');
    }
    // What file and arguments mean depends on the shell, which is known only when everything has been read.
    checkCommandText(this.#draft, this.issues);
    this.issues.throwIfAny();
    if (this.#draft.argvMetachars === 'warn') this.#draft.warnings = metacharWarnings(this.#draft);
    return this.#draft;
  }

  command(command: object): void {
    if (command instanceof String || Array.isArray(command)) {
      const message = 'must be a string; arguments are the second parameter, and a command object has a property file';
      this.issues.add('file', message);
      return;
    }
    let hasFile = false;
    for (const key of Object.keys(command)) {
      const value = this.#property(command, key);
      if (key === 'file') {
        hasFile = true;
        this.file(value);
      } else if (key === 'args') {
        this.args(value);
      } else if (value !== undefined) {
        this.#apply(commandReaders, key, value, 'of a command');
      }
    }
    if (!hasFile) this.issues.add('file', 'is required');
  }

  file(value: unknown): void {
    if (isFileText(value, 'file', this.issues)) this.#draft.file = value;
  }

  args(value: unknown): void {
    this.#current = 'args';
    if (value !== undefined) this.#draft.args = readArgs(value, this.#limits.maxArgs, this.issues) ?? NO_ARGS;
  }

  options(options: unknown): void {
    if (options === undefined) return;
    this.#current = 'options';
    if (typeof options !== 'object' || options === null || Array.isArray(options)) {
      this.issues.add('options', 'must be an object');
      return;
    }
    for (const key of Object.keys(options)) {
      const value = this.#property(options, key);
      if (value !== undefined) this.#apply(optionReaders, key, value, 'an option');
    }
  }

  #property(owner: object, key: string): unknown {
    this.#current = key;
    return (owner as Record<string, unknown>)[key];
  }

  #apply(readers: ReadonlyMap<string, OptionReader>, key: string, value: unknown, kind: string): void {
    const reader = readers.get(key);
    if (reader !== undefined) {
      reader(this.#draft, value, this.issues, this.#limits);
      return;
    }
    const nearest = nearestName(key, readers.keys());
    this.issues.add(key, nearest === undefined ? `is not ${kind}` : `is not ${kind}; did you mean ${nearest}?`);
  }
}
