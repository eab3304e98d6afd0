/**
 * From a configuration to the options of a runner. Only what somebody has said becomes an option: what is built in is the
 * library's own default, and what a preset sets is set by the preset.
 */
import type { RunOptions } from '../core/run-options.js';
import type { Preset } from '../policy/presets.js';
import type { LoadedConfig } from './load-config.js';
import type { ConfigValues } from './schema.js';

const MS_PER_SECOND = 1_000;
const KIB = 1_024;
const MIB = 1_024 * KIB;

/** The part of the options of `createRunner` that a configuration decides. */
export interface ConfiguredRunnerOptions {
  readonly native: 'auto' | 'require' | 'off' | undefined;
  readonly preset: Preset | undefined;
  readonly root: string | undefined;
  readonly maxConcurrent: number | undefined;
  readonly maxQueued: number | undefined;
  readonly defaults: RunOptions;
}

/** The options for `createRunner`. Options of a command win over them. */
export function runnerOptionsOf(loaded: LoadedConfig): ConfiguredRunnerOptions {
  const { config } = loaded;
  return {
    native: said(loaded, 'native') ? config.native : undefined,
    preset: config.preset,
    root: config.root,
    // A file without a word on it means 4, unless the preset knows better.
    maxConcurrent: config.maxConcurrent,
    maxQueued: config.maxQueued,
    defaults: defaultsOf(loaded),
  };
}

function defaultsOf(loaded: LoadedConfig): RunOptions {
  const { config } = loaded;
  const given = <T>(path: string, value: T | undefined): T | undefined => (said(loaded, path) ? value : undefined);
  const kept = config.maxOutputKb === undefined ? undefined : config.maxOutputKb * KIB;
  return {
    timeoutMs: given('defaultTimeoutSeconds', ms(config.defaultTimeoutSeconds)),
    idleTimeoutMs: ms(config.idleTimeoutSeconds),
    queueTimeoutMs: ms(config.queueTimeoutSeconds),
    graceMs: given('graceSeconds', ms(config.graceSeconds)),
    maxOutputBytes: given('maxOutputKb', kept),
    overflow: given('overflow', config.overflow),
    onOverflow: given('onOverflow', config.onOverflow),
    chunkBytes: given('streamChunkBytes', config.streamChunkBytes),
    shell: config.useShell === true ? (config.shell ?? true) : undefined,
    containment: config.containment,
    stragglers: given('stragglers', config.stragglers),
    ...environmentOf(loaded),
    ...limitsOf(config),
    redact: redactOf(loaded),
  };
}

function environmentOf(loaded: LoadedConfig): RunOptions {
  const { mode, excludePatterns, include, vars } = loaded.config.environment ?? {};
  return {
    envMode: said(loaded, 'environment.mode') ? mode : undefined,
    envExclude:
      isFromPreset(loaded, 'environment.excludePatterns') || excludePatterns?.length === 0
        ? undefined
        : excludePatterns,
    envInclude: include,
    // Those of the file alone: the preset's are put below them by the runner. Values are texts since they were read.
    env: said(loaded, 'environment.vars') ? (vars as Readonly<Record<string, string | null>> | undefined) : undefined,
  };
}

function limitsOf({ limits = {} }: ConfigValues): RunOptions {
  const { memoryMb, cpuTimeSeconds, maxProcesses, maxOpenFiles, maxFileSizeMb, strict } = limits;
  return {
    limits: {
      memoryBytes: memoryMb === undefined ? undefined : memoryMb * MIB,
      cpuTimeMs: ms(cpuTimeSeconds),
      maxProcesses,
      maxOpenFiles,
      maxFileSizeBytes: maxFileSizeMb === undefined ? undefined : maxFileSizeMb * MIB,
    },
    strictLimits: strict === true ? true : undefined,
  };
}

function redactOf({ config: { redaction = {} }, file, sources }: LoadedConfig): RunOptions['redact'] {
  const { enabled = false, patterns = [] } = redaction;
  const isSaid = sources['redaction.enabled']?.kind !== 'built-in';
  // Nobody has asked: the library's default, which knows of `secrets` alone.
  return enabled || isSaid || patterns.length > 0 || file !== undefined ? { builtIn: enabled, patterns } : undefined;
}

/** Whether somebody said it, and not the preset. */
function said({ sources }: LoadedConfig, path: string): boolean {
  const kind = sources[path]?.kind;
  return kind !== undefined && kind !== 'built-in' && kind !== 'preset';
}

function isFromPreset({ sources }: LoadedConfig, path: string): boolean {
  return sources[path]?.kind === 'preset';
}

function ms(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * MS_PER_SECOND);
}
