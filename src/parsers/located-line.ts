/**
 * The shape that most tools share: `file:line: text` or `file:line:column: text`. Written by hand and not as a pattern,
 * because a path may hold spaces and colons (a drive of Windows), and a pattern that allows both tries every split.
 */

/** A line that names a place. */
export interface LocatedLine {
  readonly file: string;
  readonly line: string;
  readonly column: string | undefined;
  readonly text: string;
}

/** Colons looked at before a line counts as one without a place. */
const MAX_COLONS = 8;

/** Splits the line, or returns `undefined` if no `:number:` stands behind a name. */
export function locate(line: string): LocatedLine | undefined {
  if (!/^[^\s:]/.test(line)) return undefined;
  let colon = line.indexOf(':');
  for (let tried = 0; colon !== -1 && tried < MAX_COLONS; tried++) {
    const number = digitsAt(line, colon + 1);
    const end = colon + 1 + number.length;
    if (number !== '' && line[end] === ':') return withColumn(line, colon, number, end);
    colon = line.indexOf(':', colon + 1);
  }
  return undefined;
}

function withColumn(line: string, colon: number, number: string, end: number): LocatedLine {
  const file = line.slice(0, colon);
  const column = digitsAt(line, end + 1);
  const behind = end + 1 + column.length;
  const hasColumn = column !== '' && (line[behind] === ':' || line[behind] === ' ' || behind === line.length);
  return hasColumn
    ? { file, line: number, column, text: line.slice(line[behind] === ':' ? behind + 1 : behind).trim() }
    : { file, line: number, column: undefined, text: line.slice(end + 1).trim() };
}

/** At most nine digits. */
function digitsAt(line: string, begin: number): string {
  let end = begin;
  while (end < line.length && end - begin < 9 && isDigit(line.charCodeAt(end))) end++;
  return line.slice(begin, end);
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}
