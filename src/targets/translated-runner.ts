/**
 * A runner over another one: every command becomes a command of a local client (`docker run`, `ssh`), and what the client's end says
 * becomes the outcome of the command.
 *
 * Arguments are checked by the rules of every runner; deadlines, output, handlers and aborts are the local runner's. What is known of
 * the far end, whether everything there is gone, goes into the receipt: it is never better than that of the client.
 */
import type { Cleanup } from '../core/cleanup.js';
import { CustodyError } from '../core/errors.js';
import { readDefaults, readInvocation, type Invocation } from '../core/invocation.js';
import { exitCodeOf, isCancelled, isSuccess, isTimedOut, signalOf, type Outcome } from '../core/outcome.js';
import { wantedFailure } from '../core/run-failure.js';
import type { Redactor } from '../core/redactor.js';
import type { CommandSpec, RunOptions } from '../core/run-options.js';
import type { CommandSummary, RunResult } from '../core/run-result.js';
import { RUN_LIMITS } from '../policy/limits.js';
import { createRedactor } from '../policy/redaction/create-redactor.js';
import type { RunHandle, Runner } from '../runner/runner.js';

type AnyResult = RunResult<string | Uint8Array>;
type AnyHandle = RunHandle | RunHandle<Uint8Array>;

/** A command for the local client. */
export interface Translation {
  readonly command: CommandSpec;
  /** What the far end made of it, asked for once, when the client has settled. Must not reject. */
  readonly finish: (result: AnyResult) => Promise<FarEnd>;
  /** Frees what was made for the client, also if it was never started. Must not throw. */
  readonly release: () => void;
}

/** What became of the command where it ran. */
export interface FarEnd {
  /** `undefined`: as the client ended. */
  readonly outcome?: Outcome | undefined;
  /** The status of the far end, if something is to be said of it. */
  readonly cleanup?: 'confirmed' | 'confirmed-group-only' | 'unconfirmed' | undefined;
  readonly warnings?: readonly string[] | undefined;
}

/** Options that say what the command is; the client has its own. */
const OF_COMMAND: ReadonlySet<string> = new Set(
  'cwd env envMode envInclude envExclude secrets shell strictShell limits strictLimits network allowOutsideRoot argvMetachars reject throwOnCancel'.split(
    ' ',
  ),
);

const defaults = readDefaults(undefined, RUN_LIMITS);

/** Runs what `translate` makes of each command on `local`. `translate` throws what the caller is to be told at once. */
export function translatedRunner(local: Runner, translate: (invocation: Readonly<Invocation>) => Translation): Runner {
  const begin = (
    command: unknown,
    second: unknown,
    third: unknown,
  ): { handle: AnyHandle; result: Promise<AnyResult> } => {
    const invocation = readInvocation(command, second, third, defaults, RUN_LIMITS);
    const translation = translate(invocation);
    let inner: AnyHandle;
    try {
      inner = local.start(translation.command, localOptions(command, second, third));
    } catch (error) {
      translation.release();
      throw error;
    }
    const result = finished(inner, invocation, translation);
    return { handle: farHandle(inner, result), result };
  };
  const start = (command: unknown, second?: unknown, third?: unknown): AnyHandle => {
    const { handle, result } = begin(command, second, third);
    // As with every handle: a rejection that nobody asks for is no unhandled one.
    result.catch(() => undefined);
    return handle;
  };
  const run = async (command: unknown, second?: unknown, third?: unknown): Promise<AnyResult> => {
    const { handle, result } = begin(command, second, third);
    try {
      return await result;
    } finally {
      await handle.dispose().catch(() => undefined);
    }
  };
  return { run, start };
}

/** The options of the call that are the client's business, those of a command object included. */
function localOptions(command: unknown, second: unknown, third: unknown): RunOptions {
  const isSpec = typeof command === 'object';
  const ofCommand = (isSpec ? command : undefined) as object | undefined;
  const ofCall = (isSpec ? second : third) as object | undefined;
  const given = { ...ofCommand, ...ofCall };
  const kept = Object.entries(given).filter(([name]) => !OF_COMMAND.has(name) && name !== 'file' && name !== 'args');
  return Object.fromEntries(kept);
}

async function finished(
  inner: AnyHandle,
  invocation: Readonly<Invocation>,
  translation: Translation,
): Promise<AnyResult> {
  let found: AnyResult;
  try {
    const local = await inner.result;
    found = farResult(local, invocation, await translation.finish(local));
  } finally {
    translation.release();
  }
  const failure = wantedFailure(invocation, found, redactorOf(invocation));
  if (failure !== undefined) throw failure;
  return found;
}

function farResult(local: AnyResult, invocation: Readonly<Invocation>, far: FarEnd): AnyResult {
  const outcome = far.outcome ?? local.outcome;
  const { file, args, cwd } = invocation;
  const redactor = redactorOf(invocation);
  const shown = (text: string): string => redactor?.redact(text) ?? text;
  const command: CommandSummary = Object.freeze({
    ...local.command,
    file: shown(file),
    args: Object.freeze(args.map(shown)),
    cwd: cwd === undefined ? null : shown(cwd),
    shell: null,
  });
  const told = {
    ...{
      command,
      outcome,
      success: isSuccess(outcome, invocation.successExitCodes),
      exitCode: exitCodeOf(outcome),
      signal: signalOf(outcome),
    },
    ...{ timedOut: isTimedOut(outcome), cancelled: isCancelled(outcome) },
    cleanup: farCleanup(local.cleanup, far.cleanup),
    warnings: Object.freeze([...local.warnings, ...(far.warnings ?? [])]),
  };
  const { error } = { error: undefined, ...outcome };
  const documented = error instanceof CustodyError ? { ...outcome, error: error.toJSON() } : outcome;
  return Object.freeze({
    ...local,
    ...told,
    combined: () => local.combined(),
    segments: () => local.segments(),
    bytes: (stream: 'stdout' | 'stderr') => local.bytes(stream),
    toJSON: () => ({ ...local.toJSON(), ...told, outcome: documented }) as ReturnType<AnyResult['toJSON']>,
  });
}

/** As that of every run: what the call itself registers. What its runner registers as well is in the output that comes from there. */
function redactorOf({ redact, secretLayers }: Readonly<Invocation>): Redactor | undefined {
  if (redact === undefined && secretLayers.length === 0) return undefined;
  const secrets = secretLayers.flatMap(({ set }) => set);
  const given = (redact?.values ?? []).map((value) => ['redact.values', value] as const);
  const { builtIn = false, patterns = [] } = redact ?? {};
  return createRedactor({ values: [...given, ...secrets], builtIn, patterns, longRuns: false });
}

/** From best to worst. What was let go on here counts as not known there. */
const STATUSES = ['not-needed', 'confirmed', 'confirmed-group-only', 'kept', 'unconfirmed'] as const;

function farCleanup(local: Cleanup, far: FarEnd['cleanup']): Cleanup {
  if (far === undefined || STATUSES.indexOf(far) <= STATUSES.indexOf(local.status)) return local;
  return Object.freeze({ ...local, status: far });
}

/** The client's handle of each of ours, for pipes between them. */
const inners = new WeakMap<object, AnyHandle>();

function farHandle(inner: AnyHandle, result: Promise<AnyResult>): AnyHandle {
  let isSettled = false;
  const note = (): void => void (isSettled = true);
  result.then(note, note);
  const cleanup = result.then(
    (found) => found.cleanup,
    () => inner.cleanup,
  );
  const dispose = async (): Promise<void> => {
    await inner.dispose();
    const { status } = await cleanup;
    if (status !== 'unconfirmed') return;
    throw new CustodyError('CLEANUP_UNCONFIRMED', `what ${inner.id} started may still be alive`, {
      operation: 'dispose',
    });
  };
  const own = {
    result,
    cleanup,
    dispose,
    pipe: <H extends AnyHandle>(next: H): H => {
      inner.pipe(inners.get(next) ?? next);
      return next;
    },
    [Symbol.asyncDispose]: dispose,
  };
  // The rest is the client's, whose properties are read when they are asked for.
  const handle = new Proxy(inner, {
    get(_, name): unknown {
      if (name in own) return own[name as keyof typeof own];
      // Between the client's end and the last word from afar.
      if (name === 'state' && inner.state === 'settled' && !isSettled) return 'draining';
      const value: unknown = Reflect.get(inner, name, inner);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(inner) : value;
    },
  });
  inners.set(handle, inner);
  return handle;
}
