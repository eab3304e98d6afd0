/**
 * What trying tells that looking cannot: the guardian program is started once with `--probe`, makes and empties a cgroup and a
 * namespace, and prints one `name=value` line for each fact. This is what a report says before it is relied upon; runs
 * find out by themselves.
 */
import type { ContainmentLevel } from '../backend/backend.js';
import { failureOf } from '../core/run-failure.js';
import type { Runner, RunnerCapabilities } from './runner.js';

const GUARDIAN_NAME = 'custody-guardian';
const PROBE_TIMEOUT_MS = 10_000;

/** What the levels cannot do without; any answer but `ok` is the reason. */
const NEEDS = {
  tree: ['subreaper', 'children_file'],
  strict: ['subreaper', 'children_file', 'namespace'],
} as const;

/**
 * Runs the probe beside the addon `file`. A guardian that cannot run, or hangs, is an answer too.
 * @throws CommandFailedError when the runner is closed: nothing was learned of the guardian then.
 */
export async function probeGuardian(runner: Runner, file: string): Promise<ReadonlyMap<string, string>> {
  const guardian = file.replace(/[^/]*$/, GUARDIAN_NAME);
  const result = await runner.run(guardian, ['--probe'], {
    containment: 'group',
    timeoutMs: PROBE_TIMEOUT_MS,
    // What it finds out does not depend on how much is going on.
    nested: true,
  });
  if (result.cancelled) throw failureOf(result);
  if (!result.success) {
    const { outcome } = result;
    return new Map([['guardian', outcome.kind === 'not-started' ? outcome.error.message : outcome.kind]]);
  }
  const facts = result.stdout
    .split('\n')
    .filter((line) => line.includes('='))
    .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1) || 'none']);
  return new Map([['guardian', 'ok'], ...facts]);
}

/** Capabilities with what the probe found. A level that lacks something is not available any more, and says what. */
export function withProbe(found: RunnerCapabilities, facts: ReadonlyMap<string, string>): RunnerCapabilities {
  const { tree, strict } = found.containment;
  const containment = {
    ...found.containment,
    tree: withNeeds(tree, NEEDS.tree, facts),
    strict: withNeeds(strict, NEEDS.strict, facts),
  };
  const lostTree = tree.available && !containment.tree.available;
  return {
    ...found,
    containment,
    defaultContainment: lostTree ? 'group' : found.defaultContainment,
    cleanup: lostTree ? 'confirmed-group-only' : found.cleanup,
    features: { ...Object.fromEntries(facts), ...found.features },
    probed: true,
  };
}

function withNeeds(
  level: ContainmentLevel,
  needs: readonly string[],
  facts: ReadonlyMap<string, string>,
): ContainmentLevel {
  // A fact that is not told does not matter on that system.
  const missing = ['guardian', ...needs].find((need) => (facts.get(need) ?? 'ok') !== 'ok');
  if (!level.available || missing === undefined) return level;
  return { ...level, available: false, detail: `${missing}: ${facts.get(missing) ?? ''}` };
}
