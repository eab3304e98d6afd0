/**
 * Verdicts of a command on its own work: tests that failed, sources that do not compile, findings of a linter. Where there is
 * one, error names that the output merely mentions are not its cause.
 */
import { hasLine, type FailureRule, type TextPatterns, textRule } from '../rule.js';
import type { EvidenceView } from '../evidence-view.js';

export const VERDICT_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'test_failures',
    any: [
      /\bAssertionError\b/,
      /\bAssertion [`'"].{1,500}[`'"] failed\b|\bassertion failed\b|\bassertion `left/i,
      /\bAssertionFailedError\b|\bComparisonFailure\b/,
      /^not ok \d+\b/,
      /^\s*# fail [1-9]|^\s*ℹ fail [1-9]/,
      /^\s*Tests?:?\s.{0,80}\b[1-9]\d* failed\b/,
      /^\s*Test Files?\s.{0,80}\b[1-9]\d* failed\b/,
      /^\s*[1-9]\d* (?:failing|failed)\b/,
      /^--- FAIL: /,
      /^test result: FAILED\b/,
      /^FAILED \((?:failures|errors)=\d/,
      /^=+ .{0,200}\b[1-9]\d* failed\b/,
      /^FAILED \S{1,300}::/,
      /\bTests run: \d+, Failures: [1-9]|\bTests run: \d+, Failures: \d+, Errors: [1-9]/,
      /^Failed!\s+- Failed:\s+[1-9]/,
      /^\d+ examples?, [1-9]\d* failures?\b/,
      /^[1-9]\d*% tests passed, [1-9]\d* tests failed\b/,
    ],
  },
  {
    subcode: 'compile_errors',
    any: [
      /^\S{1,300}:\d+(?::\d+)?: error: /,
      /^\S{1,300}\.go:\d+:\d+: \S/,
      /^error\[E\d{4}\]: /,
      /\berror TS(?!6053|18003)\d{4,5}: /,
      /\berror (?:CS|MSB|FS|VB|BC)\d{4}: /,
      /^\s*(?:\w{1,40}: )?(?:SyntaxError|IndentationError|TabError)(?:: |$)/,
      /^(?:.{1,300}: )?syntax error at .{1,300} line \d+\b/,
      /\bundefined reference to `/,
      /\bCOMPILATION ERROR\b/,
      /^\S{1,300}\(\d+(?:,\d+)?\): error [A-Z]{1,3}\d{3,5}: /,
      /^(?:jq: )?parse error: /,
      /^(?:npm (?:error|ERR!) code EJSONPARSE\b)/,
    ],
  },
  // Go's panics often end in what the system refused, so they are weak evidence: see `missing-path.ts`.
  { subcode: 'panic', any: [/^thread '[^']{0,200}'.{0,40} panicked at /] },
  {
    subcode: 'lint_findings',
    any: [
      /^✖ \d+ problems? \(/,
      /^Found \d+ (?:errors?|problems?|warnings?)\b.{0,80}$/,
      /\[\*\] \d+ fixable with the `--fix` option/,
      /^Code style issues found in\b/,
    ],
  },
];

const ALL_VERDICTS = VERDICT_PATTERNS.flatMap(({ any }) => any);

/** Whether the command gave a verdict on its own work. */
export function hasVerdict(view: EvidenceView): boolean {
  return hasLine(view, ALL_VERDICTS);
}

export const VERDICT_RULES: readonly FailureRule[] = VERDICT_PATTERNS.map((patterns) => textRule(patterns));
