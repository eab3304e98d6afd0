/**
 * As whom a command runs, as far as that is known before anything is started: whether that would be root, and whether this system
 * knows other users at all. Whether the host may change to one is the kernel's answer, with the launch.
 */
import { CommandValidationError } from '../core/errors.js';
import type { Invocation } from '../core/invocation.js';
import type { RunContext } from './run-context.js';

/**
 * Refuses or warns of a command that would run as root, as its `elevated` says.
 *
 * @throws {@link CommandValidationError} for `uid` and `gid` where there are none.
 */
export function checkIdentity(invocation: Invocation, { effectiveUid }: Pick<RunContext, 'effectiveUid'>): void {
  const { uid, gid, elevated } = invocation;
  if (effectiveUid === undefined) {
    const given = Object.entries({ uid, gid }).filter(([, id]) => id !== undefined);
    if (given.length === 0) return;
    const message = 'means nothing on this system: accounts have no numbers here';
    throw new CommandValidationError(given.map(([property]) => ({ property, message })));
  }
  if (elevated === 'allow' || (uid ?? effectiveUid()) !== 0) return;
  if (elevated === 'refuse') invocation.refusal ??= { operation: 'elevated', errno: '', subject: 'none' };
  else invocation.warnings = [...invocation.warnings, 'the command runs as root'];
}
