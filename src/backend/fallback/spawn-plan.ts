/**
 * Turns a launch into the arguments of `child_process.spawn`, or into the reason why it cannot be started.
 *
 * Directory and executable are looked at first, so that a missing one is told from the other and from a missing
 * interpreter, which only the spawn itself can find.
 */
import type { SpawnOptions, StdioOptions } from 'node:child_process';
import type { LaunchFailure, LaunchSpec } from '../backend.js';
import { fileSystem } from '../lazy-builtins.js';
import { composeEnvironment, variableOf, type ChildEnvironment } from './child-environment.js';
import { checkDirectory, errnoOf, findExecutable, isTextWithoutInterpreter } from './executable-lookup.js';

/** What the host contributes, as it was when `launch` was called. */
export interface LaunchContext {
  readonly environment: ChildEnvironment;
  /** Absolute, unless the host's own directory is gone. */
  readonly directory: string;
}

export interface SpawnPlan {
  readonly path: string;
  /** The executable of the command, which `path` may only lead to. */
  readonly resolvedFile: string;
  readonly args: readonly string[];
  readonly options: SpawnOptions & { readonly stdio: StdioOptions };
  /** Opened for the child; close it after the spawn. */
  readonly stdinDescriptor: number | undefined;
}

export function contextOf(spec: LaunchSpec): LaunchContext {
  return { environment: composeEnvironment(spec.environment), directory: spec.cwd ?? currentDirectory() };
}

/** The host's directory can have been removed; a command may still run in it, as it may from a shell. */
function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '.';
  }
}

/**
 * Node can give two streams of a child one pipe only by a descriptor of the host, and it has no anonymous pipes. A shell that
 * becomes the command at once does it instead: the same process, whose `argv[0]` is its path.
 */
const MERGING_SHELL = '/bin/sh';
const MERGING_SCRIPT = 'exec "$@" 2>&1';

/**
 * The open of a named pipe that nobody writes to would park the host. libuv takes the flag off the standard input of a child;
 * Windows has no such flag.
 */
function openAtOnce(path: string): number {
  const { constants, openSync } = fileSystem();
  return openSync(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
}

/** `true` for a failure, `false` for a plan or a path. */
export function isFailure(value: object): value is LaunchFailure {
  return 'operation' in value;
}

export function planSpawn(spec: LaunchSpec, { environment, directory }: LaunchContext): SpawnPlan | LaunchFailure {
  const directoryFailure = checkDirectory(directory);
  if (directoryFailure !== undefined) return directoryFailure;
  const refusal = identityRefusal(spec);
  if (refusal !== undefined) return refusal;
  const found = findExecutable(spec.file, directory, {
    PATH: variableOf(environment, 'PATH'),
    PATHEXT: variableOf(environment, 'PATHEXT'),
  });
  if (isFailure(found)) return found;
  if (spec.stderr === 'merged' && process.platform === 'win32')
    return { operation: 'pipe', errno: 'ENOTSUP', subject: 'none' };
  if (isTextWithoutInterpreter(found.path)) return { operation: 'exec', errno: 'ENOEXEC', subject: 'executable' };
  let stdinDescriptor: number | undefined;
  try {
    if (spec.stdin.kind === 'file') stdinDescriptor = openAtOnce(spec.stdin.path);
  } catch (error) {
    return { operation: 'open-stdin', errno: errnoOf(error), subject: 'stdin' };
  }
  const { stdin } = spec;
  const input = stdin.kind === 'file' ? (stdinDescriptor ?? 'ignore') : stdin.kind;
  const isMerged = spec.stderr === 'merged';
  const posix = process.platform !== 'win32';
  return {
    path: isMerged ? MERGING_SHELL : found.path,
    args: isMerged ? ['-c', MERGING_SCRIPT, spec.file, found.path, ...spec.args] : spec.args,
    resolvedFile: found.path,
    options: {
      cwd: directory,
      env: environment,
      // A program sees itself called as the caller wrote it, as after execvp.
      ...(posix && !isMerged ? { argv0: spec.file } : {}),
      detached: posix,
      ...(spec.uid === undefined ? {} : { uid: spec.uid }),
      ...(spec.gid === undefined ? {} : { gid: spec.gid }),
      windowsHide: true,
      windowsVerbatimArguments: spec.isVerbatim,
      stdio: [input, nodeTarget(spec.stdout), nodeTarget(spec.stderr)],
    },
    stdinDescriptor,
  };
}

/** Asked here, because an EPERM of the spawn may as well be about the file. Node takes the further groups away, if it may. */
function identityRefusal({ uid, gid }: LaunchSpec): LaunchFailure | undefined {
  const isRefused = (uid !== undefined || gid !== undefined) && process.geteuid?.() !== 0;
  return isRefused ? { operation: 'identity', errno: 'EPERM', subject: 'none' } : undefined;
}

function nodeTarget(target: LaunchSpec['stderr']): 'pipe' | 'inherit' | 'ignore' {
  if (target === 'capture') return 'pipe';
  return target === 'merged' ? 'ignore' : target;
}

/** Closes what a plan opened. */
export function closePlan(plan: SpawnPlan): void {
  if (plan.stdinDescriptor !== undefined) fileSystem().closeSync(plan.stdinDescriptor);
}
