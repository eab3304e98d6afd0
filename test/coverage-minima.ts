/**
 * Shares of the sources that the unit, conformance, platform and cli tests must reach, in percent: TST-10 of the specification, by our rooms.
 *
 * Counted is what runs in the process of a test and in the command line program that it starts (coverage-provider.ts).
 */

interface Minimum {
  readonly lines: number;
  readonly branches?: number;
}

/** Percent of the lines and of the branches. */
function minimum(percent: number): Minimum {
  return { lines: percent, branches: percent };
}

/** Files and their minimum; those of a line count together. */
export const COVERAGE_MINIMA = {
  ...minimum(85),
  /** Commands as values. */
  'src/core/command*.ts': minimum(95),
  /** Results, and what they are made of. */
  'src/core/{run-result,result-output,output-slice,combined-output,outcome,settled-outcome}.ts': minimum(95),
  /** Checks of everything that callers pass. */
  'src/core/{validate,invocation,option-readers,read-*}.ts': minimum(95),
  /** What runs commands: runners, handles, the gate. */
  'src/runner/**/*.ts': minimum(90),
  /** What starts processes. Its branches are those of systems and of refusals by them, of which one machine shows a part. */
  'src/backend/**/*.ts': { lines: 85 } satisfies Minimum,
};
