/** What a review says, whichever form the CodeRabbit CLI wrote it in. */

/** One remark. */
export interface CodeRabbitFinding {
  /** As CodeRabbit names it, which is relative to the repository. */
  readonly file: string;
  /** First line it is about; `null` if it names none. */
  readonly line: number | null;
  /**
   * In lower case as CodeRabbit says it: `critical`, `major`, `minor`, `trivial`, `info`, `none`; in text `potential_issue`,
   * `refactor_suggestion`, `nitpick` and the like. `unknown` if it says nothing.
   */
  readonly severity: string;
  readonly message: string;
  /** What to do about it; `null` if it says nothing of it. */
  readonly suggestion: string | null;
}

/** A review as it was read. */
export interface ReadReview {
  readonly findings: readonly CodeRabbitFinding[];
  /** In words of CodeRabbit; `undefined` if it has none. */
  readonly summary: string | undefined;
  /** Whether the output says that the review was done to its end. */
  readonly isComplete: boolean;
  /** What of the output could not be read, or what it says went wrong. */
  readonly problems: readonly string[];
}

/** A line that prose names, as in "around lines 14 - 17" and "at line 3"; `null` if it names none. */
export function lineInProse(prose: string): number | null {
  return lineNumber(/\b(?:around|at|on|in) lines? (\d{1,9})\b/i.exec(prose)?.[1]);
}

/** A line number out of whatever stands for it. */
export function lineNumber(value: unknown): number | null {
  const number = typeof value === 'string' ? Number.parseInt(value, 10) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : null;
}
