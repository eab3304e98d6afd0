/**
 * The configuration of a command of the CLI. Looking for the file costs a few calls of the system; what reads it is loaded only if
 * there is one.
 */
import type { ConfiguredRunnerOptions } from '../../config/runner-options.js';
import { findConfigFile } from '../../config/find-config.js';
import type { LoadedConfig } from '../../config/load-config.js';
import type { CliHost } from '../host.js';

/** A configuration that was read, and what it means for a runner. */
export interface Configured {
  readonly loaded: LoadedConfig;
  readonly options: ConfiguredRunnerOptions;
}

/**
 * What the configuration says; `undefined` if there is none. `file`: as of `--config`, `false` as of `--no-config`; `directory`: where
 * one that nobody names is looked for, if that is not the working directory.
 *
 * @throws `ConfigError` with code `VALIDATION_FAILED`, naming every problem.
 */
export async function readConfigured(
  file: string | false | undefined,
  { environment }: Pick<CliHost, 'environment'>,
  directory?: string,
): Promise<Configured | undefined> {
  const isNamed = file !== undefined || (environment['CUSTODY_CONFIG'] ?? '') !== '';
  const found = findConfigFile({ file, environment, cwd: isNamed ? undefined : directory });
  if (found === undefined) return undefined;
  const { loadConfig, runnerOptionsOf } = await import('../../config/index.js');
  const loaded = loadConfig({ file: found, environment });
  return { loaded, options: runnerOptionsOf(loaded) };
}
