/** Builds the whole environment of a child from the host's and a change to it. */
import type { EnvironmentDelta } from '../backend.js';

/** `undefined` values are left out by `child_process`. */
export type ChildEnvironment = Record<string, string | undefined>;

/** Set in children by Node itself unless the environment given names it. */
const INJECTED_BY_NODE = 'NODE_V8_COVERAGE';

/** Windows treats names that differ by case as one. */
const ignoresCase = process.platform === 'win32';

export function composeEnvironment(delta: EnvironmentDelta): ChildEnvironment {
  const environment = Object.create(null) as ChildEnvironment;
  if (delta.base === 'host') Object.assign(environment, process.env);
  for (const name of delta.unset) remove(environment, name);
  for (const [name, value] of delta.set) {
    if (ignoresCase) remove(environment, name);
    environment[name] = value;
  }
  // A child gets what its spec says and nothing else: a name that is there, without a value, is not injected.
  if (!(INJECTED_BY_NODE in environment)) environment[INJECTED_BY_NODE] = undefined;
  return environment;
}

/** The value of a name, spelled in any case where the system ignores it. */
export function variableOf(environment: ChildEnvironment, name: string): string | undefined {
  if (!ignoresCase || environment[name] !== undefined) return environment[name];
  const spelled = Object.keys(environment).find((key) => key.toUpperCase() === name.toUpperCase());
  return spelled === undefined ? undefined : environment[spelled];
}

function remove(environment: ChildEnvironment, name: string): void {
  if (!ignoresCase) {
    environment[name] = undefined;
    return;
  }
  for (const key of Object.keys(environment)) {
    if (key.toUpperCase() === name.toUpperCase()) environment[key] = undefined;
  }
}
