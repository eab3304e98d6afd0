/**
 * Checks of single values that come from callers, whatever they are.
 *
 * A check never throws and never shows the value it refuses (it may be a secret): it notes an issue, so that all problems
 * of a call are reported together. Reading may still throw (getters, proxies); `invocation.ts` turns that into an issue.
 */
import { CommandValidationError, type ValidationIssue } from './errors.js';

/** Issues listed per call; a hostile array must not become a message of its own size. */
const MAX_ISSUES = 50;
const MAX_PROPERTY_LENGTH = 64;

/** Collects what is wrong with one call. */
export class Issues {
  readonly #prefix: string;
  #list: ValidationIssue[] | undefined;

  /** `prefix` is put before each property, for example `defaults.`. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  add(property: string, message: string): void {
    this.#list ??= [];
    if (this.#list.length >= MAX_ISSUES) return;
    const shown = property.length > MAX_PROPERTY_LENGTH ? `${property.slice(0, MAX_PROPERTY_LENGTH)}...` : property;
    this.#list.push({ property: this.#prefix + shown, message });
  }

  /** @throws {@link CommandValidationError} if anything was added. */
  throwIfAny(cause?: unknown): void {
    if (this.#list !== undefined) throw new CommandValidationError(this.#list, cause);
  }
}

/** Smallest, largest and default value of a number. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly standard: number;
}

export function isText(value: unknown, property: string, issues: Issues): value is string {
  const message = textProblem(value);
  if (message !== undefined) issues.add(property, message);
  return message === undefined;
}

export function isOneOf<T extends string>(
  value: unknown,
  choices: readonly T[],
  property: string,
  issues: Issues,
): value is T {
  const known = choices.includes(value as T);
  if (!known) issues.add(property, `must be one of ${choices.map((choice) => `'${choice}'`).join(', ')}`);
  return known;
}

export function isInRange(value: unknown, range: Range, property: string, issues: Issues): value is number {
  // NaN fails both comparisons, which is what refuses it.
  const fits = typeof value === 'number' && value >= range.min && value <= range.max;
  if (!fits) issues.add(property, `must be a number from ${range.min} to ${range.max}`);
  return fits;
}

/** A name or path of an executable, or the line of a shell: text that is not blank. */
export function isFileText(value: unknown, property: string, issues: Issues): value is string {
  if (!isText(value, property, issues)) return false;
  if (value.trim() === '') {
    issues.add(property, 'must not be blank');
    return false;
  }
  return true;
}

/** Duck-typed, so that signals of other realms and of polyfills count. */
export function isAbortSignal(value: unknown, property: string, issues: Issues): value is AbortSignal {
  const candidate = value as Partial<AbortSignal> | null;
  const fits =
    typeof candidate === 'object' &&
    typeof candidate?.aborted === 'boolean' &&
    typeof candidate.addEventListener === 'function' &&
    typeof candidate.removeEventListener === 'function';
  if (!fits) issues.add(property, 'must be an AbortSignal');
  return fits;
}

/** What keeps `value` from being a non-empty string that a C string can hold. */
function textProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be a string';
  if (value === '') return 'must not be empty';
  return contentProblem(value);
}

/** What keeps a string from reaching a process as it is. An unpaired surrogate would arrive as another character. */
export function contentProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'must not contain a NUL character';
  return text.isWellFormed() ? undefined : 'must not contain an unpaired surrogate';
}
