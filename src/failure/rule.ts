/**
 * Rules: what turns evidence into a verdict. A rule is a function with a name; most are made of patterns by {@link textRule}.
 */
import type { EvidenceLine, FailureCategory, FailureCertainty } from './failure.js';
import { CommandValidationError } from '../core/errors.js';
import { quote, type EvidenceView, type StreamLines } from './evidence-view.js';
import type { FailureSubcode } from './subcodes.js';

/** What a rule found. A subcode of the built-in table brings category, hint, verdict and prerequisites with it. */
export interface RuleFinding {
  readonly subcode: string;
  /** Required for a subcode that is not in the built-in table. */
  readonly category?: FailureCategory | undefined;
  /** @defaultValue `'likely'` */
  readonly certainty?: FailureCertainty | undefined;
  readonly evidence?: readonly EvidenceLine[] | undefined;
  /** Replaces the hint of the table. */
  readonly hint?: string | undefined;
  /** Why the same may succeed a moment later. Replaces what the table says; `null`: it will not. */
  readonly transient?: string | null | undefined;
}

/** One rule. `examine` must be pure, and linear in what it reads. */
export interface FailureRule {
  readonly name: string;
  /** What the evidence says; `undefined`: nothing that this rule knows of. */
  readonly examine: (view: EvidenceView) => RuleFinding | undefined;
}

/** Patterns, tried on each line. They must not nest quantifiers: `(a+)+` takes exponential time. */
export interface TextPatterns {
  readonly subcode: FailureSubcode;
  readonly any: readonly RegExp[];
  /** The rule says nothing if a line of either stream matches one of these: then something else is the cause. */
  readonly unless?: readonly RegExp[] | undefined;
  /**
   * Words that anybody may print. They count on stderr; on stdout only where stderr is empty and the line calls itself an error;
   * and not at all where the command gave a verdict of its own: a test that failed by an assertion may print any error name.
   */
  readonly isGeneric?: boolean | undefined;
  /** The rule says nothing of this program, which uses the same words for something else. */
  readonly exceptTool?: string | undefined;
  /** Warnings, notes and hints count too. */
  readonly readsWarnings?: boolean | undefined;
}

const MAX_QUOTED_LINES = 3;
/** How a line of standard output says that it is a message and no data. */
const SAYS_ERROR = /error|ERR_|fatal|fail|exception|cannot|can't|could not|couldn't|unable|denied|problem/i;

/**
 * A rule that looks for a line. `hasVerdict` says whether the command gave a verdict of its own.
 *
 * @throws `CommandValidationError` if a pattern has the flag `g` or `y`: it would remember where it was.
 */
export function textRule(
  patterns: TextPatterns,
  hasVerdict: (view: EvidenceView) => boolean = () => false,
): FailureRule {
  const { subcode, any, unless = [], isGeneric = false, readsWarnings = false, exceptTool } = patterns;
  if ([...any, ...unless].some(({ global, sticky }) => global || sticky)) {
    throw new CommandValidationError([{ property: `${subcode}.any`, message: 'must not have the flags g and y' }]);
  }
  const anywhere = any.map(inWholeText);
  return {
    name: `text:${subcode}`,
    examine: (view) => {
      if (exceptTool !== undefined && view.tool === exceptTool) return undefined;
      const evidence: EvidenceLine[] = [];
      for (const stream of streamsFor(view, isGeneric)) {
        if (!anywhere.some((pattern) => pattern.test(stream.text))) continue;
        for (const line of readsWarnings ? stream.all : stream.serious) {
          if (isGeneric && stream.source === 'stdout' && !SAYS_ERROR.test(line)) continue;
          if (!any.some((pattern) => pattern.test(line))) continue;
          evidence.push(quote(stream.source, line));
          if (evidence.length >= MAX_QUOTED_LINES) break;
        }
      }
      if (evidence.length === 0) return undefined;
      if (unless.length > 0 && hasLine(view, unless)) return undefined;
      if (isGeneric && hasVerdict(view)) return undefined;
      return { subcode, evidence: evidence.slice(0, MAX_QUOTED_LINES) };
    },
  };
}

/** Whether any line of either stream, warnings included, matches one of the patterns. */
export function hasLine({ stderr, stdout }: EvidenceView, patterns: readonly RegExp[]): boolean {
  const matches = (line: string): boolean => patterns.some((pattern) => pattern.test(line));
  return stderr.all.some(matches) || stdout.all.some(matches);
}

/** The same pattern for a text of many lines: it matches there if it matches one of them. Looking line by line is slower. */
function inWholeText({ source, flags }: RegExp): RegExp {
  return new RegExp(source, flags.includes('m') ? flags : `${flags}m`);
}

function streamsFor({ stderr, stdout }: EvidenceView, isGeneric: boolean): readonly StreamLines[] {
  return isGeneric && stderr.serious.length > 0 ? [stderr] : [stderr, stdout];
}
