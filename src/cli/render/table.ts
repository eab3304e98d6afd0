/**
 * Tables for people: a header, one line per row, columns two spaces apart, and on a terminal never wider than it.
 *
 * Where the table does not fit, columns that may shrink give way, the widest first. Without a terminal nothing is cut: what
 * is piped on is whole.
 */
import type { Paint } from './colors.js';
import { displayWidth, fitText, printable } from './display-text.js';

/** A column. */
export interface TableColumn {
  readonly title: string;
  /** @defaultValue `'left'` */
  readonly align?: 'left' | 'right';
  /** Columns it may be cut down to; absent: it is never cut. */
  readonly minWidth?: number;
}

/** A cell: a text, or a text with a colour. Control characters are spelled out here; colours must come by `paint`. */
export type TableCell = string | { readonly text: string; readonly paint: Paint };

/** Options of {@link renderTable}. */
export interface TableOptions {
  /** Width of the terminal; `undefined`: nothing has to fit. */
  readonly columns: number | undefined;
  readonly paintHeader?: Paint;
}

const GAP = '  ';

/** The table as lines, each with its line end. Trailing spaces are left out. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  { columns: available, paintHeader }: TableOptions,
): string {
  const texts = rows.map((row) => columns.map((_, index) => printable(textOf(row[index]))));
  const natural = columns.map(({ title }, index) =>
    Math.max(displayWidth(title), ...texts.map((row) => displayWidth(row[index] ?? ''))),
  );
  const widths = available === undefined ? natural : shrunk(columns, natural, available);
  const line = (cells: readonly string[], paints: readonly (Paint | undefined)[]): string =>
    columns
      .map((column, index) => cell(cells[index] ?? '', widths[index] ?? 0, column, paints[index], index))
      .join(GAP)
      .trimEnd();
  const header = line(
    columns.map(({ title }) => title),
    columns.map(() => paintHeader),
  );
  const body = texts.map((row, index) => line(row, (rows[index] ?? []).map(paintOf)));
  return `${[header, ...body].join('\n')}\n`;

  function cell(text: string, width: number, { align }: TableColumn, paint: Paint | undefined, index: number): string {
    const shown = fitText(text, width);
    // The last column is not padded: its spaces would only make the line longer than the terminal.
    const isPadded = align === 'right' || index < columns.length - 1;
    const padding = isPadded ? ' '.repeat(Math.max(0, width - displayWidth(shown))) : '';
    const painted = paint === undefined || shown === '' ? shown : paint(shown);
    return align === 'right' ? padding + painted : painted + padding;
  }
}

function textOf(cell: TableCell | undefined): string {
  return typeof cell === 'object' ? cell.text : (cell ?? '');
}

function paintOf(cell: TableCell): Paint | undefined {
  return typeof cell === 'object' ? cell.paint : undefined;
}

/** Widths that fit, as far as the columns allow: what is too much is taken from the widest that may shrink. */
function shrunk(columns: readonly TableColumn[], natural: readonly number[], available: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (columns.length - 1) - available;
  while (excess > 0) {
    let widest = -1;
    columns.forEach(({ minWidth }, index) => {
      const width = widths[index] ?? 0;
      if (minWidth !== undefined && width > minWidth && width > (widths[widest] ?? 0)) widest = index;
    });
    if (widest === -1) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}
