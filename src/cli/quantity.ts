/**
 * Durations and byte counts as people type and read them.
 *
 * Decides which spellings the command line takes; ranges are the business of the option that uses a value. Everything
 * becomes milliseconds or bytes here, at the edge, so that no other room sees a unit that is not in a name.
 */

const MS_PER_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const BYTES_PER_UNIT: Readonly<Record<string, number>> = { '': 1, K: 1_024, M: 1_024 * 1_024, G: 1_024 ** 3 };

/**
 * Milliseconds of a duration such as `30s`, `500ms`, `1.5m`, `1h` or `30d`; a bare number counts seconds.
 *
 * @returns Whole milliseconds, or `undefined` if the text is not a duration. Zero and huge values are left to the caller.
 */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text);
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * (MS_PER_UNIT[match[2] ?? 's'] ?? Number.NaN));
}

/**
 * Bytes of a size such as `65536`, `512K`, `10M` or `1G` (binary multiples).
 *
 * @returns Whole bytes, or `undefined` if the text is not a size.
 */
export function parseByteCount(text: string): number | undefined {
  const match = /^(\d+)(K|M|G)?$/i.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (BYTES_PER_UNIT[(match[2] ?? '').toUpperCase()] ?? Number.NaN);
}

/** A duration for people, at most three digits exact: `870 ms`, `1.24 s`, `3 m 05 s`, `2 h`. Parts that are zero are left out. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_995) return `${Number((durationMs / 1_000).toFixed(2))} s`;
  const seconds = Math.round(durationMs / 1_000);
  if (seconds < 3_600) return twoUnits(Math.floor(seconds / 60), 'm', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'm');
}

/** A byte count for people: `512 bytes`, `64 KiB`, `1 MiB`; only whole multiples are shortened. */
export function formatByteCount(bytes: number): string {
  const mebibyte = 1_024 * 1_024;
  if (bytes >= mebibyte && bytes % mebibyte === 0) return `${bytes / mebibyte} MiB`;
  if (bytes >= 1_024 && bytes % 1_024 === 0) return `${bytes / 1_024} KiB`;
  return `${bytes} bytes`;
}

function twoUnits(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  return minor === 0 ? `${major} ${majorUnit}` : `${major} ${majorUnit} ${String(minor).padStart(2, '0')} ${minorUnit}`;
}
