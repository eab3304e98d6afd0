/** Commands of git that write files: on Windows with long paths, for this one process. */
import { sep } from 'node:path';
import type { CommandSpec, EnvVariables } from '../core/run-options.js';

/** Options of {@link gitCommand}. */
export interface GitCommandOptions {
  readonly cwd?: string | undefined;
  readonly env?: EnvVariables | undefined;
  /** @defaultValue whether this is Windows */
  readonly isWindows?: boolean | undefined;
}

const LONG_PATHS = /^core\.longpaths(=|$)/i;

/**
 * `git` with these arguments, as a command. On Windows `core.longpaths=true` is set for this process alone, unless arguments or
 * variables set it already; no configuration is changed. `GIT_TERMINAL_PROMPT=0`: git does not ask.
 */
export function gitCommand(args: readonly string[], options: GitCommandOptions = {}): CommandSpec {
  const { cwd, env = {}, isWindows = sep === '\\' } = options;
  const isSet =
    args.some((arg, at) => at > 0 && args[at - 1] === '-c' && LONG_PATHS.test(arg)) || isSetByEnvironment(env);
  const longPaths = isWindows && !isSet ? ['-c', 'core.longpaths=true'] : [];
  return {
    file: 'git',
    args: [...longPaths, ...args],
    env: { GIT_TERMINAL_PROMPT: '0', ...env },
    ...(cwd === undefined ? {} : { cwd }),
  };
}

/** `GIT_CONFIG_KEY_0`, `GIT_CONFIG_PARAMETERS`. */
function isSetByEnvironment(env: EnvVariables): boolean {
  return Object.entries(env).some(
    ([name, value]) =>
      (/^GIT_CONFIG_KEY_\d+$/.test(name) && LONG_PATHS.test(value ?? '')) ||
      (name === 'GIT_CONFIG_PARAMETERS' && (value ?? '').toLowerCase().includes('core.longpaths')),
  );
}
