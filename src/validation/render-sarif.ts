/** A validation as SARIF 2.1: one run for each stage that was run, one result for each diagnostic. */
import type { Diagnostic } from '../parsers/diagnostic.js';
import type { StageResult, ValidationOutput } from './stage.js';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<
  Diagnostic['severity'],
  string
>;

/** The document as text, with a final newline. */
export function renderSarif({ stages }: ValidationOutput): string {
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: stages.filter(({ status }) => status !== 'skipped').map(runOf),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function runOf({ stage, passed, errors }: StageResult): unknown {
  const rules = [...new Set(errors.flatMap(({ code }) => code ?? []))];
  return {
    tool: { driver: { name: stage, rules: rules.map((id) => ({ id })) } },
    invocations: [{ executionSuccessful: passed }],
    // How GitHub tells the results of one upload apart.
    automationDetails: { id: `${stage}/` },
    results: errors.map(resultOf),
  };
}

function resultOf(diagnostic: Diagnostic): unknown {
  const { code, severity, message, file } = diagnostic;
  return {
    ...(code === null ? {} : { ruleId: code }),
    level: LEVELS[severity],
    message: { text: message },
    ...(file === null ? {} : { locations: [{ physicalLocation: locationOf(file, diagnostic) }] }),
  };
}

function locationOf(file: string, { line, column, endLine, endColumn }: Diagnostic): unknown {
  const region = { startLine: line, startColumn: column, endLine, endColumn };
  const known = Object.fromEntries(Object.entries(region).filter(([, value]) => value !== null));
  const artifactLocation = { uri: encodeURI(file.replaceAll('\\', '/').toWellFormed()) };
  return line === null ? { artifactLocation } : { artifactLocation, region: known };
}
