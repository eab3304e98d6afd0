/**
 * What is not asked under Wine, each with its reason: the one list of skips of `npm run test:windows`.
 *
 * `windows`: there is no such thing on Windows. `wine`: Windows has it, and Wine shows it wrongly or not at all. A name is the
 * beginning of a test's full name without the backend; `backend` narrows it. An entry that skips nothing fails the run.
 */
export interface Gap {
  readonly file: string;
  readonly test: string;
  readonly backend?: 'native' | 'fallback';
  readonly kind: 'windows' | 'wine';
  readonly why: string;
}

export const GAPS: readonly Gap[] = [];
