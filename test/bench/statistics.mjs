// @ts-check
/** Medians and ranges, the only statistics the bench uses. */

/**
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} low
 * @property {number} high
 */

/**
 * @param {readonly number[]} values At least one.
 * @param {number} share 0 to 1.
 * @returns {number} The value below which that share lies; an existing value, except for the median of an even count.
 */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  const position = share * (sorted.length - 1);
  if (share !== 0.5) return sorted[Math.ceil(position)] ?? Number.NaN;
  return ((sorted[Math.floor(position)] ?? Number.NaN) + (sorted[Math.ceil(position)] ?? Number.NaN)) / 2;
}

/**
 * @param {readonly number[]} values
 * @returns {Spread}
 */
export function spread(values) {
  return { median: quantile(values, 0.5), low: Math.min(...values), high: Math.max(...values) };
}

/**
 * @param {number} value
 * @returns {string} Three to four digits that mean something.
 */
export function formatNumber(value) {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

/**
 * @param {Spread} values
 * @returns {string}
 */
export function formatSpread({ median, low, high }) {
  return `${formatNumber(median)} (${formatNumber(low)}–${formatNumber(high)})`;
}
