/** `custody/parsers`: typed diagnostics out of what tools print. */
export type { Diagnostic, Severity } from './diagnostic.js';
export { FORMAT_NAMES, type FormatName } from './formats.js';
export {
  createDiagnosticsParser,
  parseDiagnostics,
  type ParseDiagnosticsOptions,
  type ParsedDiagnostics,
} from './parse-diagnostics.js';
