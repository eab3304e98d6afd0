/**
 * What an invocation launches where that is not simply what it says: a shell with a line, a directory that a root confines. And
 * what is refused before anything is started, because the system would refuse it with less to say.
 */
import type { Invocation } from '../core/invocation.js';
import { isSurelyShort, lengthExcess, type LengthSubject } from '../core/length-budget.js';
import type { LaunchFailure } from '../core/settled-facts.js';
import { namesInSeveralCases, type HostEnvironment } from '../policy/env-policy.js';
import { judgeInvocation } from './judge-invocation.js';
import { checkIdentity } from './identity.js';
import type { RunContext } from './run-context.js';
import type { ShellCommand } from './shells/shells.js';
import { environmentFor, layersOf } from './to-launch-spec.js';

/**
 * Completes the invocation. An ordinary command costs a few looks.
 *
 * @throws {@link CommandValidationError} for a directory outside of the root, for arguments that a shell cannot be given, and for
 * `uid` and `gid` where there are none.
 */
export function prepareLaunch(invocation: Invocation, context: RunContext): void {
  const { shell, uid, gid, elevated } = invocation;
  const command = shell === undefined ? undefined : context.shells.getShellCommand(invocation, shell);
  const directory = context.root?.confine(invocation);
  if (command !== undefined || directory !== undefined) {
    const { file, args } = command ?? invocation;
    invocation.launchTarget = {
      ...{ file, args, cwd: directory?.cwd ?? invocation.cwd },
      shell: command?.shell ?? null,
      isVerbatim: command?.isVerbatim ?? false,
    };
    invocation.refusal = directory?.refusal;
  }
  if (invocation.eligibility.mode !== 'off') judgeInvocation(invocation, command?.shell ?? null);
  if (uid !== undefined || gid !== undefined || elevated !== 'allow') checkIdentity(invocation, context);
  if (invocation.network === 'none') invocation.refusal ??= NO_NETWORK_NONE;
  if (context.host.ignoresCase) warnOfMergedNames(invocation);
  if (isSurelyShort(invocation.file, invocation.args, layersOf(invocation))) return;
  invocation.refusal ??= lengthRefusal(invocation, command, context);
}

/** A local process has the network of its host: what cannot be given is refused. */
const NO_NETWORK_NONE: LaunchFailure = { operation: 'network', errno: '', subject: 'none' };

function warnOfMergedNames(invocation: Invocation): void {
  const merged = namesInSeveralCases(layersOf(invocation));
  if (merged.length === 0) return;
  const warning = `variables whose names differ only in case are one, the last: ${merged.join(', ')}`;
  invocation.warnings = [...invocation.warnings, warning];
}

function lengthRefusal(
  invocation: Invocation,
  command: ShellCommand | undefined,
  { host, lengthLimits }: RunContext,
): LaunchFailure | undefined {
  if (command?.maxLineLength !== undefined && command.line.length > command.maxLineLength) {
    const detail = `the line has ${command.line.length} characters; the shell takes ${command.maxLineLength}`;
    return { operation: 'shell-length', errno: 'E2BIG', subject: 'none', detail };
  }
  const limits = lengthLimits();
  if (limits === undefined) return undefined;
  const excess = lengthExcess(subjectOf(invocation, host), limits);
  if (excess === undefined) return undefined;
  const isLine = command !== undefined && (excess.subject === 'argument' || excess.subject === 'line');
  return { operation: isLine ? 'shell-length' : 'length', errno: 'E2BIG', subject: 'none', detail: excess.detail };
}

function subjectOf(invocation: Invocation, host: HostEnvironment): LengthSubject {
  const { file, args, isVerbatim } = { isVerbatim: false, ...(invocation.launchTarget ?? invocation) };
  // As for a worker, which has to be given all of the variables: here they are counted.
  const { set } = environmentFor(invocation, { ...host, variables: host.variables, isCopy: true });
  return { file, args, variables: set, isVerbatim };
}
