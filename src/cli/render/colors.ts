/**
 * Colours, and whether they are wanted.
 *
 * Decided per stream: `--color` wins, then `NO_COLOR`, then `FORCE_COLOR`, then whether a terminal reads it. A package for this
 * would look at `process.stdout` when it is loaded and thereby open it, which `custody exec` must not do (see main.ts).
 */

/** Values of `--color`. */
export const COLOR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];

/** Puts a text into a colour. Texts must not be coloured already. */
export type Paint = (text: string) => string;

/** The colours in use, each with one meaning: red failed, yellow mind this, green well, cyan a name, dim beside the point. */
export interface Colors {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
}

/** Whether text for one stream is coloured. See https://no-color.org and https://force-color.org. */
export function wantsColors(
  choice: ColorChoice,
  environment: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  const forced = environment['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0' && forced !== 'false';
  return isTTY && environment['TERM'] !== 'dumb';
}

/** The colours, or functions that change nothing. */
export function createColors(isColored: boolean): Colors {
  const paint = (open: number, close: number): Paint =>
    isColored ? (text) => `\x1b[${open}m${text}\x1b[${close}m` : (text) => text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  };
}
