/**
 * What the option `eligibility` makes of a verdict: a refusal, or a warning. One place for `run`, `start` and `runSync`, with a shell
 * or without.
 */
import type { Invocation } from '../core/invocation.js';
import type { ShellName } from '../core/shell-choice.js';
import { judge } from '../policy/eligibility/check-eligibility.js';

/** Judges a command whose eligibility is not `off`; `shell`: the family that reads its line. */
export function judgeInvocation(invocation: Invocation, shell: ShellName | null): void {
  const { file, args, eligibility } = invocation;
  const { verdict, reason, via } = judge(file, args, shell, eligibility);
  if (reason === null) return;
  const where = via.length === 0 ? '' : ` (in ${via.join(' > ')})`;
  const detail = `${verdict}: ${reason}${where}`;
  const { mode, override } = eligibility;
  if (override !== undefined) {
    invocation.warnings = [...invocation.warnings, `${detail}; run all the same: ${override}`];
  } else if (mode === 'warn') {
    invocation.warnings = [...invocation.warnings, detail];
  } else {
    invocation.refusal ??= { operation: 'eligibility', errno: '', subject: 'none', detail };
  }
}
