/**
 * `custody/config`: the configuration file.
 *
 * @module custody/config
 */
export { ConfigError, type ConfigProblem } from './config-error.js';
export type { ConfigSource } from './effective.js';
export { CONFIG_FILE_NAMES, findConfigFile, type FindConfigOptions } from './find-config.js';
export { configJsonSchema } from './json-schema.js';
export { loadConfig, parseConfig, type LoadConfigOptions, type LoadedConfig } from './load-config.js';
export { runnerOptionsOf, type ConfiguredRunnerOptions } from './runner-options.js';
export { type ConfigValues } from './schema.js';
