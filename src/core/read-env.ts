import type { EnvLayer } from './invocation.js';
import { contentProblem, type Issues } from './validate.js';

/** The variables of an `env` property as pairs; `undefined` if it is no object of variables. */
export function readEnv(value: unknown, maxNames: number, issues: Issues): EnvLayer | undefined {
  return readVariables('env', value, maxNames, issues, valueProblem);
}

/** The variables of a `secrets` property, each of which has a value. */
export function readSecrets(value: unknown, maxNames: number, issues: Issues): EnvLayer | undefined {
  return readVariables('secrets', value, maxNames, issues, secretProblem);
}

function readVariables(
  property: string,
  value: unknown,
  maxNames: number,
  issues: Issues,
  problemOf: (content: unknown) => string | undefined,
): EnvLayer | undefined {
  // What can be iterated (an array, a Map) has its entries elsewhere than in properties.
  if (typeof value !== 'object' || value === null || Symbol.iterator in value) {
    issues.add(property, 'must be an object of strings');
    return undefined;
  }
  const names = Object.keys(value);
  if (names.length > maxNames) {
    issues.add(property, `must have at most ${maxNames} names`);
    return undefined;
  }
  const set: [string, string][] = [];
  const unset: string[] = [];
  for (const name of names) {
    const content = (value as Record<string, unknown>)[name];
    const problem = nameProblem(name) ?? problemOf(content);
    if (problem !== undefined) issues.add(`${property}.${name}`, problem);
    else if (typeof content === 'string') set.push([name, content]);
    else unset.push(name);
  }
  return { set, unset };
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'must have a name';
  return name.includes('=') || name.includes('\0') ? "must not have '=' or NUL in its name" : contentProblem(name);
}

function valueProblem(content: unknown): string | undefined {
  if (content === undefined || content === null) return undefined;
  if (typeof content !== 'string') return 'must be a string';
  return contentProblem(content);
}

function secretProblem(content: unknown): string | undefined {
  return typeof content === 'string' ? contentProblem(content) : 'must be a string';
}
