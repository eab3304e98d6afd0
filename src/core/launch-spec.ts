/**
 * One launch as a value: what the runner asks of a backend, already validated.
 *
 * These types live in core because results and policies speak of them too; `backend/backend.ts` passes them on.
 */
import type { ResourceLimits } from './resource-limits.js';

/** A captured output stream. */
export type StreamName = 'stdout' | 'stderr';

/** What ran a command: the addon, `node:child_process`, a script of `custody/testing` that only played it, or a thread for a built-in. */
export type BackendKind = 'native' | 'fallback' | 'scripted' | 'worker';

/** How the processes of a run are held; a backend offers a subset, see `BackendCapabilities.containment`. */
export type Containment = 'tree' | 'strict' | 'group' | 'none';

/** What happens to processes that a finished leader leaves behind. */
export type StragglerPolicy = 'kill' | 'report' | 'leave';

/** The environment of the child, as a change to the host's or as the whole of it. */
export interface EnvironmentDelta {
  /** `host`: start from the environment of the host as it is when `launch` is called; `empty`: start from nothing. */
  readonly base: 'host' | 'empty';
  /** Names to set, later entries win. Names hold no `=` and no NUL, values no NUL. */
  readonly set: readonly (readonly [name: string, value: string])[];
  /** Names to remove from the base. */
  readonly unset: readonly string[];
}

/**
 * Where the child's standard input comes from. With `pipe`, `input` is fed first and the pipe stays open if `keepOpen`;
 * `launch` copies `input`, so its owner may change it afterwards.
 */
export type StdinSpec =
  | { readonly kind: 'ignore' }
  | { readonly kind: 'inherit' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'pipe'; readonly input: Uint8Array | undefined; readonly keepOpen: boolean };

/** Where an output stream goes. */
export type OutputTarget = 'capture' | 'inherit' | 'ignore';

/** One launch, validated: every string is free of NUL, every duration is in milliseconds, finite and not negative. */
export interface LaunchSpec {
  /** A name to look up in the child's `PATH`, or a path (it contains a separator) resolved against `cwd`. */
  readonly file: string;
  readonly args: readonly string[];
  /** As in `LaunchTarget`; means nothing where processes are given arguments and no line. */
  readonly isVerbatim: boolean;
  /** `undefined`: the host's. */
  readonly cwd: string | undefined;
  readonly environment: EnvironmentDelta;
  readonly stdin: StdinSpec;
  readonly stdout: OutputTarget;
  /** `merged`: into stdout, wherever that goes, in the order of writing. */
  readonly stderr: OutputTarget | 'merged';
  /** Numbers of the user and the group to run as; `undefined`: the host's. A `uid` comes with a `gid`. */
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly containment: Containment;
  /** `true`: fail with `CONTAINMENT_UNAVAILABLE` rather than use a weaker level. */
  readonly containmentRequired: boolean;
  readonly stragglers: StragglerPolicy;
  /** Positive whole numbers. */
  readonly limits: ResourceLimits;
  /** `true`: fail with operation `limits` rather than run with a limit that nothing holds. */
  readonly strictLimits: boolean;
  /** Bytes kept per captured stream. */
  readonly ringBytes: number;
  /** Those of `ringBytes` that keep the first output, fewer; the rest keeps the last. */
  readonly headBytes: number;
  /** 0: none. Bytes of one stream after which the run is stopped with cause `output-limit`. */
  readonly outputLimitBytes: number;
  /**
   * `true`: both streams begin in flow `block`, so that a listener who comes in the caller's present turn has missed nothing.
   * A backend that cannot read before that turn ends may ignore it.
   */
  readonly holdsOutput: boolean;
  readonly timeoutMs: number;
  /** 0: none. */
  readonly idleTimeoutMs: number;
  readonly graceMs: number;
  readonly drainMs: number;
  readonly stragglerGraceMs: number;
  /** How long the kill may take to be confirmed before the run settles as unconfirmed. */
  readonly cleanupBudgetMs: number;
}
