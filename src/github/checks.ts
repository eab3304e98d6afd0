/**
 * The checks of a pull request. `gh pr checks` ends with 1 where one has failed and with 8 where one is pending: what it wrote
 * decides, not how it ended.
 */
import type { RunResult } from '../core/run-result.js';
import { CHECK_FIELDS, jsonFieldsOf, readList, type CheckStatus } from './fields.js';
import type { GhClient, GhCommand } from './gh-client.js';

const EXIT_CODES: readonly number[] = [0, 1, 8];
const NO_CHECKS = /^no (?:required )?checks reported on the /m;
/** Versions before 2.50 know no JSON here and write a table with tabs. */
const NO_JSON = /^unknown flag: --json$/m;

/** Bucket of the table -> what the JSON of later versions would say. */
const STATES: Readonly<Record<string, string>> = {
  pass: 'SUCCESS',
  fail: 'FAILURE',
  pending: 'PENDING',
  skipping: 'SKIPPED',
  cancel: 'CANCELLED',
};

/** @throws {@link GitHubError} or what is derived of it. */
export async function fetchChecks(client: GhClient, command: GhCommand): Promise<readonly CheckStatus[]> {
  const withJson = { ...command, args: [...command.args, `--json=${jsonFieldsOf(CHECK_FIELDS)}`] };
  const result = await client.run(withJson);
  if (NO_JSON.test(result.stderr)) return fromTable(client, command, await client.run(command));
  return (
    told(client, withJson, result) ??
    client.parse(withJson, result, (value, problems) => readList(CHECK_FIELDS, value, problems))
  );
}

function fromTable(client: GhClient, command: GhCommand, result: RunResult): readonly CheckStatus[] {
  const none = told(client, command, result);
  if (none !== undefined) return none;
  const rows = result.stdout.split('\n').filter((line) => line.includes('\t'));
  const problems: string[] = [];
  const checks = readList(CHECK_FIELDS, rows.map(rowOf), problems);
  if (problems.length > 0 || rows.length === 0) throw client.outputError(command, result, problems);
  return checks;
}

/** The checks where there is nothing to read: none at all, or a failure. `undefined`: read it. */
function told(client: GhClient, command: GhCommand, result: RunResult): readonly CheckStatus[] | undefined {
  if (NO_CHECKS.test(result.stderr)) return [];
  const isData =
    result.outcome.kind === 'exited' && EXIT_CODES.includes(result.exitCode) && result.stdout.trim() !== '';
  if (!isData) throw client.errorOf(command, result);
  return undefined;
}

/** Columns: name, bucket, time, link. */
function rowOf(line: string): unknown {
  const [name, bucket = '', , link] = line.split('\t');
  return { name, bucket, state: STATES[bucket] ?? '', link: link?.trim() };
}
