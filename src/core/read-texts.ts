import { isText, type Issues } from './validate.js';

/** Most entries of a list of globs, values or patterns. */
const MAX_TEXTS = 1_000;

/** A frozen copy of a list of texts; `undefined` if `value` is no such list. `what` completes "must be an array of". */
export function readTexts(
  value: unknown,
  property: string,
  what: string,
  issues: Issues,
): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_TEXTS) {
    issues.add(property, `must be an array of at most ${MAX_TEXTS} ${what}`);
    return undefined;
  }
  const texts: string[] = [];
  for (const [index, text] of value.entries()) {
    if (isText(text, `${property}[${index}]`, issues)) texts.push(text);
  }
  return Object.freeze(texts);
}
