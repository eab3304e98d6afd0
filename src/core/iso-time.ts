/**
 * Instants as ISO 8601 text, UTC with milliseconds. `Date.toISOString` takes about 1 us, a quarter of what the facade costs
 * per run; runs come many to a second, so the text of the second is kept.
 */
const MS_PER_SECOND = 1000;

let keptSecond = NaN;
let keptText = '';

/** `epochMs`: milliseconds since the epoch; fractions are cut off. */
export function isoTime(epochMs: number): string {
  const second = Math.floor(epochMs / MS_PER_SECOND);
  if (second !== keptSecond) {
    keptText = new Date(second * MS_PER_SECOND).toISOString().slice(0, -'000Z'.length);
    keptSecond = second;
  }
  const ms = Math.floor(epochMs) - second * MS_PER_SECOND;
  return `${keptText}${ms.toString().padStart(3, '0')}Z`;
}
