import type { Diagnostic } from '../parsers/diagnostic.js';

/** Where it is, as `file:line:column: `; `''` if it is nowhere. */
export function placeOf({ file, line, column }: Diagnostic): string {
  if (file === null) return '';
  const parts = [file, ...(line === null ? [] : [line]), ...(line === null || column === null ? [] : [column])];
  return `${parts.join(':')}: `;
}
