import { printable } from './display-text.js';

const LABEL_WIDTH = 15;

/** Labels and values, one pair a line. */
export function renderPairs(pairs: readonly (readonly [label: string, value: string])[]): string {
  return pairs.map(([label, value]) => `${label.padEnd(LABEL_WIDTH)} ${printable(value)}\n`).join('');
}
