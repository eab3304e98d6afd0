import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCodeEntry } from '../../../src/core/error-codes.js';
import { FAILURE_CATEGORIES } from '../../../src/failure/failure.js';
import { SUBCODES } from '../../../src/failure/subcodes.js';

const docs = join(import.meta.dirname, '..', '..', '..', 'docs');

/** The rows of the table under that head, `undefined` if it is missing. */
function rowsUnder(page: string, head: string): readonly string[] {
  const lines = readFileSync(join(docs, page), 'utf8').split('\n');
  const start = lines.indexOf(head);
  expect(start, `${page} has the table ${head}`).toBeGreaterThan(-1);
  const rows = lines.slice(start + 2);
  return rows.slice(
    0,
    rows.findIndex((line) => !line.startsWith('|')),
  );
}

describe('the pages', () => {
  it('FAIL-01: docs/error-codes.md holds the table of codes, with cause and remedy', () => {
    const entries: readonly [string, ErrorCodeEntry][] = Object.entries(ERROR_CODES);
    expect(rowsUnder('error-codes.md', '| Code | Number | Cause | Remedy |')).toEqual(
      entries.map(([code, { number, cause, remedy }]) => `| \`${code}\` | ${number} | ${cause} | ${remedy} |`),
    );
  });

  it('FAIL-02: docs/failures.md holds every category with its subcodes, and which may pass', () => {
    const rows = FAILURE_CATEGORIES.map((category) => {
      const own = Object.entries(SUBCODES).filter(([, entry]) => entry.category === category);
      const names = own.map(([name, { transient }]) => `\`${name}\`${transient === undefined ? '' : ' ↻'}`);
      return `| \`${category}\` | ${names.join(', ')} |`;
    });
    expect(rowsUnder('failures.md', '| Category | Subcodes |')).toEqual(rows);
  });
});
