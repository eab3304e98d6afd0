/**
 * Instants as people type and read them: `2026-11-28`, `2026-11-28T14:00:00Z`, or how long ago, `2h` and `30d`.
 *
 * What is typed without a zone is local time, as every clock around the reader shows it; what is shown is local as well.
 * Programs get ISO 8601 in UTC (core/iso-time.ts).
 */
import { parseDurationMs } from './quantity.js';

const MS_PER_DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?$/;

/**
 * Milliseconds since the epoch of an instant that was typed; a duration means so long before `nowMs`.
 *
 * @returns `undefined` if the text is neither, a date that does not exist included.
 */
export function parseInstantMs(text: string, nowMs: number): number | undefined {
  // Date.parse takes a bare date for UTC.
  if (DATE.test(text)) return validMs(`${text}T00:00:00`, text);
  if (DATE_TIME.test(text)) return validMs(text.replace(' ', 'T'), text);
  const agoMs = /[a-z]$/.test(text) ? parseDurationMs(text) : undefined;
  return agoMs === undefined ? undefined : nowMs - agoMs;
}

/** Date.parse takes 30 February for 2 March. */
function validMs(iso: string, text: string): number | undefined {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const epochMs = Date.parse(iso);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

/** Local time to the second: `2026-11-28 14:03:59`. */
export function formatInstant(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** How long ago an instant was, in its largest unit, rounded down: `12 s ago`, `3 m ago`, `5 h ago`, `2 d ago`. */
export function formatAge(epochMs: number, nowMs: number): string {
  const ageMs = nowMs - epochMs;
  if (ageMs < -1_000) return formatInstant(epochMs);
  if (ageMs < 1_000) return 'just now';
  if (ageMs < 60_000) return `${Math.floor(ageMs / 1_000)} s ago`;
  if (ageMs < 3_600_000) return `${Math.floor(ageMs / 60_000)} m ago`;
  if (ageMs < MS_PER_DAY) return `${Math.floor(ageMs / 3_600_000)} h ago`;
  return `${Math.floor(ageMs / MS_PER_DAY)} d ago`;
}
