import { contentProblem, type Issues } from './validate.js';

const NONE: readonly string[] = Object.freeze([]);

/** A frozen copy of the arguments; `undefined` if they are not an array of strings that a process can be given. */
export function readArgs(value: unknown, maxArgs: number, issues: Issues): readonly string[] | undefined {
  if (!Array.isArray(value)) {
    const hint = typeof value === 'object' && value !== null ? '; options are the third argument' : '';
    issues.add('args', `must be an array of strings${hint}`);
    return undefined;
  }
  // A proxy may claim any length, so it is looked at once and before the first entry is.
  const length: unknown = value.length;
  if (typeof length !== 'number' || !(length >= 0 && length <= maxArgs)) {
    issues.add('args', `must have at most ${maxArgs} entries`);
    return undefined;
  }
  if (length === 0) return NONE;
  const copy: string[] = [];
  for (let index = 0; index < length; index += 1) {
    const arg: unknown = value[index];
    const problem = typeof arg === 'string' ? contentProblem(arg) : 'must be a string';
    if (problem === undefined) copy.push(arg as string);
    else issues.add(`args[${index}]`, problem);
  }
  return Object.freeze(copy);
}
