/** What is said of a command before it runs: values and their words. */

/**
 * - `allowed`: nothing speaks against running it unattended.
 * - `manual_only`: it waits for somebody, or for its own end that never comes.
 * - `blocked`: it must not run: a list says so, or what it starts would go on without it.
 *
 * @useDeclaredType
 */
export type Eligibility = (typeof ELIGIBILITIES)[number];

/** From harmless to worst. */
export const ELIGIBILITIES = ['allowed', 'manual_only', 'blocked'] as const;

/** Every rule: its verdict, and why in words that go on after the name of a command. */
export const ELIGIBILITY_RULES = {
  denied: { verdict: 'blocked', reason: 'is on the list of denied executables' },
  'not-allowed': { verdict: 'blocked', reason: 'is not on the list of allowed executables' },
  background: { verdict: 'blocked', reason: 'is left to run in the background' },
  daemon: { verdict: 'blocked', reason: 'starts a daemon' },
  'too-deep': { verdict: 'blocked', reason: 'is wrapped too deep to be looked into' },
  unreadable: { verdict: 'manual_only', reason: 'runs something that cannot be told beforehand' },
  server: { verdict: 'manual_only', reason: 'serves until it is stopped' },
  watcher: { verdict: 'manual_only', reason: 'watches until it is stopped' },
  browser: { verdict: 'manual_only', reason: 'opens a window for somebody to look at' },
  interactive: { verdict: 'manual_only', reason: 'waits for somebody at a terminal' },
  'dev-script': { verdict: 'manual_only', reason: 'is by its name a script that runs during development' },
} as const satisfies Record<string, { readonly verdict: Eligibility; readonly reason: string }>;

/**
 * The rule that decided.
 *
 * @useDeclaredType
 */
export type EligibilityRule = keyof typeof ELIGIBILITY_RULES;

/** What is said of a command. Plain data. */
export interface EligibilityVerdict {
  readonly verdict: Eligibility;
  /** `null` for a command that is `allowed`. */
  readonly rule: EligibilityRule | null;
  /** One sentence for people; `null` for a command that is `allowed`. It holds no arguments. */
  readonly reason: string | null;
  /** What decided: the name of a command or of a script; `null` for a command that is `allowed`. */
  readonly subject: string | null;
  /** The commands around it, outermost first, such as `['sh', 'env']`. */
  readonly via: readonly string[];
}
