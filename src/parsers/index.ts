/** `custody/parsers`: typed diagnostics out of what tools print. */
export type { Diagnostic, Severity } from './diagnostic.js';
export { FORMAT_NAMES, type FormatName } from './formats.js';
export {
  createDiagnosticsParser,
  parseDiagnostics,
  type FormatChoice,
  type ParseDiagnosticsOptions,
  type ParsedDiagnostics,
  type ProblemMatcher,
} from './parse-diagnostics.js';
export type { DiagnosticPattern } from './pattern-format.js';
export { toSarif, type SarifLocation, type SarifLog, type SarifResult, type SarifRun } from './to-sarif.js';
