/**
 * Whether a runner can be relied on as far as is known now, and what speaks against it.
 */
import type { RunnerActivity, RunnerCapabilities, RunnerHealth } from './runner.js';
import type { Observers } from './observers.js';

export function healthOf(
  capabilities: RunnerCapabilities,
  activity: RunnerActivity,
  observers: Pick<Observers, 'faults' | 'health'> | undefined,
  isClosed: boolean,
): RunnerHealth {
  const problems = problemsOf(capabilities, activity, observers);
  const { backend, defaultContainment, probed } = capabilities;
  const status = isClosed ? 'closed' : problems.length > 0 ? 'degraded' : 'ok';
  return { status, backend, containment: defaultContainment, probed, activity, problems };
}

function problemsOf(
  { fallbackReason, containment }: RunnerCapabilities,
  { quarantined }: RunnerActivity,
  observers: Pick<Observers, 'faults' | 'health'> | undefined,
): readonly string[] {
  const problems: string[] = [];
  if (fallbackReason !== undefined) problems.push(`the fallback serves: ${fallbackReason}`);
  if (!containment.tree.available) problems.push(`containment 'tree' is not available: ${containment.tree.detail}`);
  if (quarantined > 0) problems.push(`${quarantined} runs may have left processes behind`);
  if (observers === undefined) return Object.freeze(problems);
  // Asked first, because one that fails at that is a fault too.
  problems.push(...observers.health().problems);
  const { count, last } = observers.faults;
  if (count > 0) problems.push(`observers failed ${count} times, last: ${last ?? ''}`);
  return Object.freeze(problems);
}
