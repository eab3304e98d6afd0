/**
 * The formats, in the order in which a line is offered to them. Formats that know their lines by something unmistakable stand
 * before those whose lines look like others'; `generic` comes last.
 */
import type { Format } from './format.js';
import { eslint } from './formats/eslint.js';
import { gcc } from './formats/gcc.js';
import { generic } from './formats/generic.js';
import { mypy } from './formats/mypy.js';
import { pytest } from './formats/pytest.js';
import { python } from './formats/python.js';
import { ruff } from './formats/ruff.js';
import { rust } from './formats/rust.js';
import { tsc } from './formats/tsc.js';

/** Formats that automatic detection tries. */
export const KNOWN_FORMATS = [eslint, ruff, mypy, rust, pytest, python, tsc, gcc] as const;

/** The last resort. */
export { generic };

/** Name of a format that can be asked for. */
export type FormatName = (typeof KNOWN_FORMATS)[number]['name'] | 'generic';

const BY_NAME = new Map<string, Format<FormatName>>([...KNOWN_FORMATS, generic].map((format) => [format.name, format]));

/** The names, in the order of the table above. */
export const FORMAT_NAMES: readonly FormatName[] = [...BY_NAME.values()].map(({ name }) => name);

/** The format of that name. */
export function formatNamed(name: string): Format<FormatName> | undefined {
  return BY_NAME.get(name);
}
