/**
 * Every role of the test programs. `test/conformance/roles.test.ts` fails when this list and the programs differ, and
 * when a role is in no test: a role nobody uses is a behaviour nobody checks.
 */

/** Roles of `probe.cc`. What each does and takes stands in test/README.md. */
export const probeRoles = [
  'args',
  'env',
  'cwd',
  'fds',
  'signals',
  'ids',
  'become',
  'flood',
  'drip',
  'replay',
  'last-64k',
  'close-output',
  'read-stdin',
  'copy-stdin',
  'close-stdin',
  'exit-by',
  'sleep',
  'wait',
  'ignore-terminate',
  'on-terminate',
  'freeze',
  'fork-tree',
  'leave-behind',
  'comet',
  'storm',
  'eat-memory',
  'spin',
  'write-file',
  'open-files',
] as const;

export type ProbeRole = (typeof probeRoles)[number];

/** Roles of `probe.mjs`: Node hosts that use custody and end in different ways. */
export const hostRoles = [
  'exit',
  'throw',
  'reject',
  'natural-end',
  'stay',
  'finish',
  'worker-terminate',
  'worker-exit',
  'worker-ends',
  'few-descriptors',
  'relay',
  'pass-through',
  'wait-sync',
  'parameter-file',
] as const;

export type HostRole = (typeof hostRoles)[number];
