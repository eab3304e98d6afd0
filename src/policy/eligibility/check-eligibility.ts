/**
 * The verdict on a command before it runs: the preview of what a runner does with the option `eligibility`, by the same code.
 */
import type { EligibilityChoice, EligibilityPolicy } from '../../core/eligibility.js';
import { NOT_JUDGED } from '../../core/eligibility.js';
import { readEligibility } from '../../core/read-eligibility.js';
import { shellChoiceOf, type ShellName } from '../../core/shell-choice.js';
import { isFileText, Issues } from '../../core/validate.js';
import { commandNameOf } from './command-name.js';
import { Judge, type Lists } from './judge.js';
import type { Dialect } from './shell-line.js';
import type { EligibilityVerdict } from './verdict.js';

/** The command to judge, as it would be given to `run`. */
export interface EligibilitySubject {
  readonly file: string;
  readonly args?: readonly string[] | undefined;
  /** As the option `shell`; `true` is `sh`. */
  readonly shell?: boolean | string | undefined;
}

const DIALECTS: Readonly<Record<ShellName, Dialect>> = {
  sh: 'posix',
  bash: 'posix',
  cmd: 'cmd',
  powershell: 'powershell',
};

/**
 * Whether a command should be run unattended. Looks into shells, wrappers, package managers and, where `scripts` are given, package
 * scripts; starts nothing and reads no files. `mode` and `override` of the policy have no say.
 *
 * @throws `CommandValidationError` with code `VALIDATION_FAILED` if the command or the policy is not valid.
 */
export function checkEligibility(
  { file, args = [], shell = false }: EligibilitySubject,
  policy: EligibilityPolicy = {},
): EligibilityVerdict {
  const issues = new Issues('');
  const choice = readEligibility(policy, NOT_JUDGED, issues);
  isFileText(file, 'file', issues);
  if (!Array.isArray(args) || args.some((arg) => typeof arg !== 'string'))
    issues.add('args', 'must be an array of strings');
  const family = shell === true ? 'sh' : shell === false ? null : shellChoiceOf(shell)?.name;
  if (family === undefined) issues.add('shell', 'is not a shell that is known');
  issues.throwIfAny();
  return judge(file, args, family ?? null, choice ?? NOT_JUDGED);
}

/** The verdict on a command that has been read already; `shell`: the family that reads its line, `null` for none. */
export function judge(
  file: string,
  args: readonly string[],
  shell: ShellName | null,
  choice: EligibilityChoice,
): EligibilityVerdict {
  const lengthGiven = args.reduce((sum, arg) => sum + arg.length + 1, file.length);
  const judge = new Judge(listsOf(choice), lengthGiven);
  if (shell === null) judge.words([file, ...args], []);
  else judge.line(file, DIALECTS[shell], [shell], args);
  return judge.verdict;
}

/** Names as they are compared, made once for each policy, which never changes. */
const cached = new WeakMap<EligibilityChoice, Lists>();

function listsOf(choice: EligibilityChoice): Lists {
  const known = cached.get(choice);
  if (known !== undefined) return known;
  const { scripts } = choice;
  const scriptsLength = Object.values(scripts).reduce((sum, line) => sum + line.length, 0);
  const lists = { denied: namesOf(choice.denied), allowed: choice.allowed.map(namesOf), scripts, scriptsLength };
  cached.set(choice, lists);
  return lists;
}

function namesOf(list: readonly string[]): ReadonlySet<string> {
  return new Set(list.map((name) => commandNameOf(name)));
}
