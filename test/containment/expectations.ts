/** What every cell of the matrix asserts, and how long it waits for it. */
import { expect } from 'vitest';
import { eventually } from '../conformance/eventually.js';
import { show } from '../conformance/scene.js';
import type { SeenProcess } from '../programs/oracle.js';
import type { Report } from './custody-host.js';
import type { Payload } from './stage.js';

/** Milliseconds until the last process must be gone. Far above what it takes: reaching it is a failure, not a measurement. */
export const GONE_LIMIT_MS = 5_000;

/** Waits until the oracle sees nothing of a payload. */
export async function expectGone(payload: Payload, limitMs = GONE_LIMIT_MS): Promise<void> {
  await eventually(
    () => payload.members().length === 0,
    () => `nothing of ${payload.kind.name}; alive: ${describeProcesses(payload.members())}`,
    limitMs,
  );
}

/** A status that says that all are gone is only true if the kernel showed nothing in the same turn. */
export function expectTrue(report: Report, what: string): void {
  const { status, survivors } = report.cleanup;
  switch (status) {
    case 'confirmed':
      expect(report.alive, `${what}: confirmed with processes alive: ${show(report)}`).toEqual([]);
      expect(survivors, `${what}: confirmed with survivors`).toEqual([]);
      break;
    case 'not-needed':
      expect(report.alive, `${what}: nothing needed, but alive: ${show(report)}`).toEqual([]);
      break;
    case 'unconfirmed':
    case 'kept':
    case 'confirmed-group-only':
      // These promise nothing about who is alive; whoever is named was there, which the oracle cannot refute afterwards.
      break;
  }
}

/** The receipt says that all are gone, and it is so. */
export function expectConfirmed(report: Report, what: string): void {
  expectTrue(report, what);
  expect(report.cleanup, what).toMatchObject({ status: 'confirmed', leaderReaped: true });
}

/** For messages: a storm is long. */
export function describeProcesses(processes: readonly SeenProcess[]): string {
  const shown = processes.slice(0, 5).map((seen) => show(seen));
  return `${String(processes.length)}: ${shown.join(' ')}`;
}
