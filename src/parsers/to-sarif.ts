/** Writes diagnostics as SARIF 2.1.0, one run for each tool, for services that show them beside the code. */
import type { Diagnostic, Severity } from './diagnostic.js';

/** A log of SARIF 2.1.0: plain data for `JSON.stringify`. */
export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly SarifRun[];
}

/** What one tool said. */
export interface SarifRun {
  readonly tool: {
    readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] };
  };
  readonly results: readonly SarifResult[];
}

/** One diagnostic. */
export interface SarifResult {
  readonly ruleId?: string;
  readonly ruleIndex?: number;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: { readonly text: string };
  readonly locations: readonly SarifLocation[];
}

/** Where it is; without a region, the whole file. */
export interface SarifLocation {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region?: {
      readonly startLine: number;
      readonly startColumn?: number;
      readonly endLine?: number;
      readonly endColumn?: number;
    };
  };
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const LEVELS: Readonly<Record<Severity, SarifResult['level']>> = { error: 'error', warning: 'warning', info: 'note' };
/** Name of the driver for diagnostics whose tool is not known. */
const UNKNOWN_TOOL = 'unknown';

/**
 * The diagnostics as a SARIF log. Relative files become relative URIs, which a reader takes from the root of the repository; so parse
 * with `cwd`, or give diagnostics with paths that mean something elsewhere.
 */
export function toSarif(diagnostics: readonly Diagnostic[]): SarifLog {
  const byTool = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const name = diagnostic.tool ?? UNKNOWN_TOOL;
    const list = byTool.get(name);
    if (list === undefined) byTool.set(name, [diagnostic]);
    else list.push(diagnostic);
  }
  return { $schema: SCHEMA, version: '2.1.0', runs: [...byTool].map(([name, list]) => runOf(name, list)) };
}

function runOf(name: string, diagnostics: readonly Diagnostic[]): SarifRun {
  const indexes = new Map<string, number>();
  for (const { code } of diagnostics) if (code !== null && !indexes.has(code)) indexes.set(code, indexes.size);
  const rules = [...indexes.keys()].map((id) => ({ id }));
  return { tool: { driver: { name, rules } }, results: diagnostics.map((diagnostic) => resultOf(diagnostic, indexes)) };
}

function resultOf(diagnostic: Diagnostic, indexes: ReadonlyMap<string, number>): SarifResult {
  const { code, file, severity, message } = diagnostic;
  const ruleIndex = code === null ? undefined : indexes.get(code);
  return {
    ...(code === null ? {} : { ruleId: code }),
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: LEVELS[severity],
    message: { text: message },
    locations: file === null ? [] : [locationOf(file, diagnostic)],
  };
}

function locationOf(file: string, { line, column, endLine, endColumn }: Diagnostic): SarifLocation {
  const artifactLocation = { uri: uriOf(file) };
  if (line === null) return { physicalLocation: { artifactLocation } };
  const region = {
    startLine: line,
    ...(column === null ? {} : { startColumn: column }),
    ...(endLine === null ? {} : { endLine }),
    ...(endColumn === null ? {} : { endColumn }),
  };
  return { physicalLocation: { artifactLocation, region } };
}

/** An absolute path has a scheme; a relative one must not look as if it had. */
function uriOf(file: string): string {
  const path = file.toWellFormed();
  const encode = (text: string): string => encodeURI(text).replace(/[#?]/g, (sign) => (sign === '#' ? '%23' : '%3F'));
  if (path.startsWith('/')) return `file://${encode(path)}`;
  if (/^[A-Za-z]:[\\/]/.test(path)) return `file:///${encode(path.replaceAll('\\', '/'))}`;
  return encode(path).replace(/^([^/]*):/, (_, name: string) => `./${name}:`);
}
