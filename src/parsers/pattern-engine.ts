/**
 * The engine for patterns of users: RE2, which takes time linear in the text whoever wrote the pattern. It is loaded with the first
 * pattern, so that who has none does not pay for it; the call that needs it is synchronous, hence `createRequire`.
 */
import type * as re2js from 're2js';

/** Finds one pattern in one line. Groups are by number, `undefined` where a group took no part. */
export type LineMatcher = (line: string) => readonly (string | undefined)[] | undefined;

/** A pattern that can be used, or what is wrong with it. */
export type CompiledPattern =
  | { readonly match: LineMatcher; readonly groups: Readonly<Record<string, number>>; readonly groupCount: number }
  | { readonly problem: string };

/** Characters of a pattern. */
export const MAX_PATTERN_LENGTH = 2_000;

/** Compiles a pattern in RE2 syntax, which knows neither look-around nor back-references. */
export function compilePattern(pattern: string): CompiledPattern {
  if (pattern.length > MAX_PATTERN_LENGTH) return { problem: `must have at most ${MAX_PATTERN_LENGTH} characters` };
  const engine = loadEngine();
  if (engine === undefined) {
    return { problem: 'needs the package re2js, which could not be loaded: a bundle has to leave it external' };
  }
  try {
    const compiled = engine.RE2JS.compile(pattern);
    const groupCount = compiled.groupCount();
    return { match: matcherOf(compiled, groupCount), groups: compiled.namedGroups(), groupCount };
  } catch (error) {
    const { error: description } = error as { error?: unknown };
    return { problem: `is not a pattern in RE2 syntax${typeof description === 'string' ? ` (${description})` : ''}` };
  }
}

function matcherOf(compiled: re2js.RE2JS, groupCount: number): LineMatcher {
  return (line) => {
    // Most lines do not match, and to know that takes a fraction of the time.
    if (!compiled.test(line)) return undefined;
    const matcher = compiled.matcher(line);
    if (!matcher.find()) return undefined;
    return Array.from({ length: groupCount + 1 }, (_, index) => matcher.group(index) ?? undefined);
  };
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
