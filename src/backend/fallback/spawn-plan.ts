/**
 * Turns a launch into the arguments of `child_process.spawn`, or into the reason why it cannot be started.
 *
 * Directory and executable are looked at first, so that a missing one is told from the other and from a missing
 * interpreter, which only the spawn itself can find.
 */
import type { SpawnOptions, StdioOptions } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { LaunchFailure, LaunchSpec } from '../backend.js';
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

/** `true` for a failure, `false` for a plan or a path. */
export function isFailure(value: object): value is LaunchFailure {
  return 'operation' in value;
}

export function planSpawn(spec: LaunchSpec, { environment, directory }: LaunchContext): SpawnPlan | LaunchFailure {
  const directoryFailure = checkDirectory(directory);
  if (directoryFailure !== undefined) return directoryFailure;
  const found = findExecutable(spec.file, directory, {
    PATH: variableOf(environment, 'PATH'),
    PATHEXT: variableOf(environment, 'PATHEXT'),
  });
  if (isFailure(found)) return found;
  if (isTextWithoutInterpreter(found.path)) return { operation: 'exec', errno: 'ENOEXEC', subject: 'executable' };
  let stdinDescriptor: number | undefined;
  try {
    if (spec.stdin.kind === 'file') stdinDescriptor = openSync(spec.stdin.path, 'r');
  } catch (error) {
    return { operation: 'open-stdin', errno: errnoOf(error), subject: 'stdin' };
  }
  const { stdin, stdout, stderr } = spec;
  const input = stdin.kind === 'file' ? (stdinDescriptor ?? 'ignore') : stdin.kind;
  const posix = process.platform !== 'win32';
  return {
    path: found.path,
    args: spec.args,
    options: {
      cwd: directory,
      env: environment,
      // A program sees itself called as the caller wrote it, as after execvp.
      ...(posix ? { argv0: spec.file } : {}),
      detached: posix,
      windowsHide: true,
      windowsVerbatimArguments: spec.isVerbatim,
      stdio: [input, stdout === 'capture' ? 'pipe' : stdout, stderr === 'capture' ? 'pipe' : stderr],
    },
    stdinDescriptor,
  };
}

/** Closes what a plan opened. */
export function closePlan(plan: SpawnPlan): void {
  if (plan.stdinDescriptor !== undefined) closeSync(plan.stdinDescriptor);
}
