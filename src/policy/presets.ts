/**
 * The presets of a runner: named sets of options to start from. Options of the runner and of a call win over them.
 */
import type { RunOptions } from '../core/run-options.js';
import { DENIED_EXECUTABLES } from './eligibility/denied-executables.js';

/** Name of a preset. */
export type Preset = 'default' | 'agent' | 'compat';

/** What a preset sets. */
export interface PresetOptions {
  readonly defaults: RunOptions | undefined;
  /** Runs in flight at once; `undefined`: as many as without a preset. */
  readonly maxConcurrent: number | undefined;
}

/** Globs of names whose values are usually secrets; a start for `envExclude`. */
export const SECRET_NAME_GLOBS: readonly string[] = Object.freeze(['*_TOKEN', '*_KEY', '*_SECRET', '*_PASSWORD']);

/** Resident memory of all processes of a command with preset `agent`: enough for a build, not for the whole host. */
const AGENT_MEMORY_BYTES = 512 * 1024 * 1024;

export const PRESETS: Readonly<Record<Preset, PresetOptions>> = {
  // A library must not surprise: the host's environment, output as it was produced.
  default: { defaults: undefined, maxConcurrent: undefined },
  // For commands that somebody else chose: they get what programs need, ask nobody and report to nobody.
  agent: {
    defaults: {
      envMode: 'minimal',
      envExclude: SECRET_NAME_GLOBS,
      env: { CI: 'true', DOTNET_CLI_TELEMETRY_OPTOUT: '1' },
      redact: true,
      newlines: 'lf',
      limits: { memoryBytes: AGENT_MEMORY_BYTES },
      eligibility: { mode: 'enforce', deniedExecutables: DENIED_EXECUTABLES },
      elevated: 'refuse',
    },
    maxConcurrent: 4,
  },
  // As node:child_process: nothing is filtered, what a command leaves behind lives on, and no command is too slow within a day.
  compat: {
    defaults: { envMode: 'merge', stragglers: 'leave', timeoutMs: 86_400_000 },
    maxConcurrent: undefined,
  },
};
