/**
 * What may be said of commands that should not be run unattended: values only. Judging a command is `policy/eligibility/`,
 * acting on the verdict is the runner's.
 */

/** `off`: nothing is judged. `warn`: the verdict stands in `result.warnings`. `enforce`: only what is `allowed` is started. */
export type EligibilityMode = 'off' | 'warn' | 'enforce';

/** What is judged, and against what. In a call everything adds to what its runner says and nothing takes away from it. */
export interface EligibilityPolicy {
  /** A call can harden the mode of its runner; to get round it, it says why in `override`. @defaultValue that of the runner */
  readonly mode?: EligibilityMode | undefined;
  /** Executables that are never run, by base name without extension and in any case. Those of a call come on top. */
  readonly deniedExecutables?: readonly string[] | undefined;
  /** The only executables that are run, named in the same way. With a call's own, a name has to be on both. @defaultValue any */
  readonly allowedExecutables?: readonly string[] | undefined;
  /** The `scripts` of the package.json that applies, so that `npm run x` can be looked into. */
  readonly scripts?: Readonly<Record<string, string>> | undefined;
  /** Why this call is run in spite of its verdict: it is started, and the reason stands in `result.warnings`. For calls only. */
  readonly override?: string | undefined;
}

/** The policy of a runner or of a call, checked. Names are as they were given. */
export interface EligibilityChoice {
  readonly mode: EligibilityMode;
  readonly denied: readonly string[];
  /** Every list that a name has to be on. */
  readonly allowed: readonly (readonly string[])[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly override: string | undefined;
}

export const ELIGIBILITY_MODES = ['off', 'warn', 'enforce'] as const satisfies readonly EligibilityMode[];

/** Nothing is judged. */
export const NOT_JUDGED: EligibilityChoice = Object.freeze({
  mode: 'off',
  denied: [],
  allowed: [],
  scripts: {},
  override: undefined,
});
