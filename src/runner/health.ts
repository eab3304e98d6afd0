/**
 * Whether a runner can be relied on as far as is known now, and what speaks against it.
 */
import type { RunnerActivity, RunnerCapabilities, RunnerHealth } from './runner.js';
import type { ObserverFaults } from './observers.js';

const NO_FAULTS: ObserverFaults = { count: 0, last: null };

export function healthOf(
  capabilities: RunnerCapabilities,
  activity: RunnerActivity,
  faults: ObserverFaults | undefined,
  isClosed: boolean,
): RunnerHealth {
  const problems = problemsOf(capabilities, activity, faults ?? NO_FAULTS);
  const { backend, defaultContainment, probed } = capabilities;
  const status = isClosed ? 'closed' : problems.length > 0 ? 'degraded' : 'ok';
  return { status, backend, containment: defaultContainment, probed, activity, problems };
}

function problemsOf(
  { fallbackReason, containment }: RunnerCapabilities,
  { quarantined }: RunnerActivity,
  faults: ObserverFaults,
): readonly string[] {
  const problems: string[] = [];
  if (fallbackReason !== undefined) problems.push(`the fallback serves: ${fallbackReason}`);
  if (!containment.tree.available) problems.push(`containment 'tree' is not available: ${containment.tree.detail}`);
  if (quarantined > 0) problems.push(`${quarantined} runs may have left processes behind`);
  if (faults.count > 0) problems.push(`observers failed ${faults.count} times, last: ${faults.last ?? ''}`);
  return Object.freeze(problems);
}
