/**
 * What is worth keeping of a run that failed, bounded and plain: take it before anything of the run is deleted (its folder, its
 * logs), because afterwards nobody can look again.
 */
import type { CleanupMechanism, CleanupStatus, ProcessName, Survivor } from '../core/cleanup.js';
import { displayPath } from '../core/display-path.js';
import type { Outcome } from '../core/outcome.js';
import type { StreamSummary } from '../core/result-output.js';
import type { RunResult } from '../core/run-result.js';
import { classifyResult, type ClassifyOptions } from './classify.js';
import type { Failure } from './failure.js';

const DEFAULT_TAIL_CHARACTERS = 4096;
const MAX_ARGUMENTS = 32;
const MAX_ARGUMENT_CHARACTERS = 120;

/** How to collect. */
export interface DiagnosticsOptions extends ClassifyOptions {
  /** Characters kept of the end of each stream. @defaultValue `4096` */
  readonly tailCharacters?: number | undefined;
  /** Applied to every text that came from the command or its caller, before it is cut. */
  readonly redact?: ((text: string) => string) | undefined;
  /** `true`: absolute paths of the command as they are, not their last component only. @defaultValue `false` */
  readonly exposePaths?: boolean | undefined;
}

/** The end of one stream. */
export interface StreamTail {
  readonly tail: string;
  readonly totalBytes: number;
  /** Whether something of the stream is missing here. */
  readonly truncated: boolean;
}

/** The bundle. JSON-serialisable. */
export interface Diagnostics {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly command: {
    readonly file: string;
    /** At most 32, each of at most 120 characters. */
    readonly args: readonly string[];
    readonly argCount: number;
    readonly cwd: string | null;
  };
  readonly outcome: Outcome['kind'];
  readonly exitCode: number;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly reason: string | null;
  readonly startTime: string;
  readonly durationMs: number;
  readonly stdout: StreamTail;
  readonly stderr: StreamTail;
  readonly cleanup: {
    readonly status: CleanupStatus;
    readonly mechanism: CleanupMechanism;
    readonly killed: readonly ProcessName[];
    readonly survivors: readonly Survivor[];
  };
  /** `null` if the run succeeded. */
  readonly failure: Failure | null;
}

/** The bundle of one run. */
export function collectDiagnostics(
  result: RunResult<string | Uint8Array>,
  options: DiagnosticsOptions = {},
): Diagnostics {
  const { redact = unchanged, exposePaths = false, tailCharacters = DEFAULT_TAIL_CHARACTERS } = options;
  const path = (text: string): string => redact(exposePaths ? text : displayPath(text));
  const { command, cleanup, output } = result;
  return {
    schemaVersion: 1,
    id: result.id,
    command: {
      file: path(command.file),
      args: command.args.slice(0, MAX_ARGUMENTS).map((arg) => shortened(path(arg))),
      argCount: command.args.length,
      cwd: command.cwd === null ? null : path(command.cwd),
    },
    outcome: result.outcome.kind,
    exitCode: result.exitCode,
    signal: result.signal,
    timedOut: result.timedOut,
    cancelled: result.cancelled,
    reason: result.reason === null ? null : redact(result.reason),
    startTime: result.startTime,
    durationMs: result.durationMs,
    stdout: tailOf(result.stdout, output.stdout, redact, tailCharacters),
    stderr: tailOf(result.stderr, output.stderr, redact, tailCharacters),
    cleanup: {
      status: cleanup.status,
      mechanism: cleanup.mechanism,
      killed: cleanup.killed,
      survivors: cleanup.survivors,
    },
    failure: redactFailure(classifyResult(result, options), redact),
  };
}

function unchanged(text: string): string {
  return text;
}

function tailOf(
  output: string | Uint8Array,
  { totalBytes, truncated }: StreamSummary,
  redact: (text: string) => string,
  characters: number,
): StreamTail {
  // Redacted before it is cut: half a secret at the edge would not be recognised.
  const text = redact(typeof output === 'string' ? output : new TextDecoder().decode(output));
  return {
    tail: characters === 0 ? '' : text.slice(-characters),
    totalBytes,
    truncated: truncated || text.length > characters,
  };
}

/** The failure with every text that came from the command passed through `redact`. */
export function redactFailure(failure: Failure | null, redact: (text: string) => string): Failure | null {
  if (failure === null) return null;
  const evidence = failure.evidence.map(({ source, text }) => ({ source, text: redact(text) }));
  return { ...failure, evidence, hints: failure.hints.map(redact) };
}

function shortened(text: string): string {
  return text.length > MAX_ARGUMENT_CHARACTERS ? `${text.slice(0, MAX_ARGUMENT_CHARACTERS - 3)}...` : text;
}
