/**
 * The strict list of preset `agent`: executables that destroy, elevate, or move data to and from other hosts. A list of names is
 * no sandbox: a program that is allowed can still do all of this.
 */
export const DENIED_EXECUTABLES: readonly string[] = Object.freeze(
  'rm del rmdir rd format fdisk dd mkfs shutdown reboot halt chmod chown sudo su passwd curl wget nc netcat ncat'.split(
    ' ',
  ),
);
