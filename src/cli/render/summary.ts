/**
 * The lines for people that `custody exec` writes to stderr: the summary of a run, and why a command did not start.
 */
import type { Cleanup, ProcessName } from '../../core/cleanup.js';
import type { CustodyError } from '../../core/errors.js';
import type { ExitStatus, Outcome } from '../../core/outcome.js';
import { describeBreach } from '../../core/resource-limits.js';
import type { RunResult } from '../../core/run-result.js';
import { remedyOf } from '../problem.js';
import { formatDuration } from '../quantity.js';

/** Processes named in the summary; the JSON document has them all. */
const NAMED_PROCESSES = 3;

/** What a shell would have done itself, so that no executable of that name exists. */
const SHELL_BUILTINS: ReadonlySet<string> = new Set(
  '. : alias bg cd eval exec exit export fg jobs local read return set shift source trap ulimit umask unset wait'.split(
    ' ',
  ),
);

/** One line: `custody: exit 0, 1.24 s, cleanup confirmed (group), native, exec-...`. */
export function renderSummary(result: RunResult<string | Uint8Array>): string {
  const parts = [
    describeOutcome(result.outcome),
    ...describeLimits(result),
    formatDuration(result.durationMs),
    ...describeCleanup(result.cleanup),
    result.backend,
    result.id,
  ];
  return `custody: ${parts.join(', ')}\n`;
}

/** Why nothing was started, with a hint where one helps. */
export function renderStartFailure(error: CustodyError, file: string): string {
  const isBuiltin = error.code === 'COMMAND_NOT_FOUND' && SHELL_BUILTINS.has(file);
  const hint = isBuiltin ? ` (a shell builtin; run it in a shell: custody exec --shell '${file} ...')` : '';
  const remedy = hint === '' ? remedyOf(error.code) : undefined;
  return `custody: ${error.message}${hint}${remedy === undefined ? '' : `; ${remedy}`}\n`;
}

/** How the run ended: `exit 3`, `died of SIGSEGV (core dumped)`, `timeout, stopped with SIGTERM`. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'exited':
      return `exit ${outcome.exitCode}`;
    case 'signaled':
      return `died of ${outcome.signal}${outcome.coreDumped ? ' (core dumped)' : ''}`;
    case 'stopped':
      return `${outcome.cause}, ${outcome.manner === 'forced' ? 'killed' : 'stopped'} (${describeStatus(outcome.status)})`;
    case 'not-started':
      return outcome.cause === undefined ? 'not started' : `not started (${outcome.cause})`;
    case 'lost':
      return `lost: ${outcome.error.message}`;
    case 'detached':
      return 'detached';
  }
}

/** The limit that was exceeded, and limits that nobody looked after. */
function describeLimits({ breach, unenforcedLimits }: RunResult<string | Uint8Array>): readonly string[] {
  const parts = breach === null ? [] : [describeBreach(breach)];
  return unenforcedLimits.length === 0 ? parts : [...parts, `NOT ENFORCED ${unenforcedLimits.join(' ')}`];
}

function describeStatus(status: ExitStatus): string {
  if ('code' in status) return `exit ${status.code}`;
  return 'signal' in status ? status.signal : `code ${status.terminated}`;
}

function describeCleanup(cleanup: Cleanup): readonly string[] {
  if (cleanup.status === 'not-needed') return ['nothing to clean up'];
  const parts = [`cleanup ${cleanup.status} (${cleanup.mechanism})`];
  if (cleanup.killed.length > 0) parts.push(`ended leftovers ${nameProcesses(cleanup.killed)}`);
  if (cleanup.survivors.length > 0) parts.push(`SURVIVORS ${nameProcesses(cleanup.survivors)}`);
  return parts;
}

function nameProcesses(processes: readonly ProcessName[]): string {
  const named = processes.slice(0, NAMED_PROCESSES).map((one) => `${one.name}[${one.pid}]`);
  const more = processes.length - named.length;
  return more === 0 ? named.join(' ') : `${named.join(' ')} and ${more} more`;
}
