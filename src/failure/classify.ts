/**
 * From evidence to a verdict: the first rule that finds something decides. Rules of the caller stand before the built-in ones.
 *
 * Pure: no clock, no environment, no I/O. What it reads is bounded (`evidence-view.ts`), and so is the time it takes.
 */
import type { RunResult } from '../core/run-result.js';
import { CommandValidationError } from '../core/errors.js';
import { viewOf, type EvidenceView } from './evidence-view.js';
import { checkEvidence, type FailureEvidence } from './evidence.js';
import type { Failure } from './failure.js';
import { prerequisitesOf } from './prerequisites.js';
import { evidenceOf } from './result-evidence.js';
import type { FailureRule, RuleFinding } from './rule.js';
import { BUILT_IN_RULES } from './rules/built-in.js';
import { shellFeatureHint } from './shell-feature.js';
import type { SubcodeEntry } from './subcode-entry.js';
import { retryVerdict, SUBCODES } from './subcodes.js';

/** How to classify. */
export interface ClassifyOptions {
  /** Rules that are asked before the built-in ones, in this order. What they throw is thrown. */
  readonly rules?: readonly FailureRule[] | undefined;
}

/**
 * The failure that the evidence speaks of.
 *
 * @throws `CommandValidationError` if the evidence is not of its type, or a rule names an unknown subcode without a category.
 */
export function classifyFailure(evidence: FailureEvidence, options: ClassifyOptions = {}): Failure {
  checkEvidence(evidence);
  const view = viewOf(evidence);
  for (const rule of [...(options.rules ?? []), ...BUILT_IN_RULES]) {
    const finding = rule.examine(view);
    if (finding !== undefined) return failureFrom(rule.name, finding, view);
  }
  return failureFrom('nothing-known', { subcode: 'unexplained', certainty: 'suspected' }, view);
}

/** The failure of a run; `null` if it succeeded. */
export function classifyResult(result: RunResult<string | Uint8Array>, options: ClassifyOptions = {}): Failure | null {
  return result.success ? null : classifyFailure(evidenceOf(result), options);
}

function failureFrom(rule: string, finding: RuleFinding, view: EvidenceView): Failure {
  const entry = entryOf(rule, finding);
  const { subcode, certainty = 'likely', evidence = [], hint = entry.hint, transient = entry.transient } = finding;
  const shellHint = shellFeatureHint(view, subcode);
  return {
    category: entry.category,
    subcode,
    certainty,
    rule,
    evidence,
    hints: shellHint === undefined ? [hint] : [shellHint, hint],
    retry: retryVerdict(entry.category, subcode, transient ?? undefined),
    prerequisites: prerequisitesOf(entry.prerequisites ?? []),
  };
}

function entryOf(rule: string, { subcode, category }: RuleFinding): SubcodeEntry {
  const entry: SubcodeEntry | undefined = Object.hasOwn(SUBCODES, subcode)
    ? SUBCODES[subcode as keyof typeof SUBCODES]
    : undefined;
  if (entry !== undefined) return category === undefined ? entry : { ...entry, category };
  if (category !== undefined) return { category, hint: 'Read the output of the command.' };
  const message = `names the subcode '${subcode}', which is not in the table: give a category as well`;
  throw new CommandValidationError([{ property: `rules[${rule}]`, message }]);
}
