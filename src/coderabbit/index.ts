/**
 * `custody/coderabbit`: reviews by the CodeRabbit CLI, on any `Runner`.
 *
 * @module custody/coderabbit
 */
export { CODERABBIT_TOKEN_NAMES, createCodeRabbit, type CodeRabbit, type CodeRabbitResult } from './coderabbit.js';
export type { CodeRabbitFinding } from './finding.js';
export type { CodeRabbitOptions, ReviewOptions } from './options.js';
