/**
 * Patterns of the user, in the syntax of RE2: they understand `(?i)` and take time linear in the text, whoever wrote them and
 * whatever a command prints. The engine is loaded with the first pattern.
 */
import type * as re2js from 're2js';
import type { Issues } from '../../core/validate.js';
import type { Report } from './spans.js';

/** Characters of a pattern: a longer one is a list of values, which `values` is for. */
const MAX_PATTERN_LENGTH = 1_000;

/** Patterns that are kept compiled: a run that names its own would compile them again, which costs more than the run. */
const MOST_KEPT = 200;

/** Finds the matches of one pattern. */
export type PatternFinder = (text: string, report: Report) => void;

/** What was used last is last. */
const kept = new Map<string, PatternFinder>();

let loaded: typeof re2js | undefined;

/** Compiles patterns; what is wrong with one is an issue that names it. */
export function compilePatterns(
  patterns: readonly string[],
  property: string,
  issues: Issues,
): readonly PatternFinder[] {
  if (patterns.length === 0) return [];
  const engine = (loaded ??= loadEngine());
  if (engine === undefined) {
    issues.add(property, 'needs the package re2js, which could not be loaded: a bundle has to leave it external');
    return [];
  }
  const finders: PatternFinder[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const finder = kept.get(pattern) ?? finderOf(pattern, engine.RE2JS);
    if (typeof finder === 'string') issues.add(`${property}[${index}]`, finder);
    else finders.push(keep(pattern, finder));
  }
  return finders;
}

function keep(pattern: string, finder: PatternFinder): PatternFinder {
  kept.delete(pattern);
  kept.set(pattern, finder);
  const [longestUnused] = kept.keys();
  if (kept.size > MOST_KEPT && longestUnused !== undefined) kept.delete(longestUnused);
  return finder;
}

function loadEngine(): typeof re2js | undefined {
  const { createRequire } = process.getBuiltinModule('node:module');
  // A CommonJS bundle has no `import.meta.url`; what it leaves external is installed where the program runs.
  const from = (import.meta.url as string | undefined) ?? `${process.cwd()}/bundle`;
  try {
    return createRequire(from)('re2js') as typeof re2js;
  } catch {
    return undefined;
  }
}

/** Returns what is wrong with a pattern that cannot be used. */
function finderOf(pattern: string, engine: typeof re2js.RE2JS): PatternFinder | string {
  if (pattern.length > MAX_PATTERN_LENGTH) return `must have at most ${MAX_PATTERN_LENGTH} characters`;
  try {
    const compiled = engine.compile(pattern);
    if (compiled.matcher('').find()) return 'must not match the empty text: it would match everywhere';
    return (text, report) => {
      // Most texts have no match, and to know that takes a fraction of the time.
      if (!compiled.test(text)) return;
      const matcher = compiled.matcher(text);
      while (matcher.find()) if (matcher.end() > matcher.start()) report(matcher.start(), matcher.end());
    };
  } catch (error) {
    // The message of the engine names the place; the pattern itself may tell a secret.
    const { error: description } = error as { error?: unknown };
    const reason = typeof description === 'string' ? ` (${description})` : '';
    return `is not a pattern in RE2 syntax${reason}`;
  }
}
