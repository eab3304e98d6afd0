/**
 * The man page, made of the tree of commands by scripts/man-page.mjs.
 */
import { EXIT_CODES } from '../exit-codes.js';
import type { CommandNode, OptionNode } from '../tree.js';

/** The page `custody(1)` in the language of roff. */
export function renderManPage(tree: CommandNode, version: string): string {
  const lines = [
    `.TH CUSTODY 1 "" "custody ${version}" "User Commands"`,
    '.SH NAME',
    `custody \\- ${escaped(lowerFirst(tree.description).replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    ...tree.commands.flatMap((command) => ['.B custody ' + command.name, escaped(command.usage), '.br']),
    '.SH OPTIONS',
    ...tree.options.flatMap(optionLines),
    ...tree.commands.flatMap((command) => commandLines(command, '')),
    '.SH EXIT STATUS',
    ...EXIT_CODES.flatMap(([code, meaning]) => ['.TP', `.B ${escaped(code)}`, escaped(meaning)]),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, meaning]) => ['.TP', `.B ${name}`, escaped(meaning)]),
    '.SH FILES',
    '.TP',
    '.B custody.yml',
    'The configuration, looked for from the working directory up to the root of the repository.',
  ];
  return `${lines.join('\n')}\n`;
}

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['CUSTODY_CONFIG', 'The configuration file; off: none.'],
  ['CUSTODY_NATIVE', 'auto, require or off: whether the native backend serves.'],
  ['CUSTODY_ROOT', 'Directory that working directories must be in.'],
  ['CUSTODY_AUDIT_DB', 'The database of records.'],
  ['CUSTODY_DEBUG', '1: errors show where in custody they come from.'],
  ['NO_COLOR, FORCE_COLOR', 'Whether output is coloured; --color wins.'],
];

function commandLines(command: CommandNode, parent: string): readonly string[] {
  const name = `${parent} ${command.name}`.trim();
  return [
    `.SH ${escaped(`custody ${name}`.toUpperCase())}`,
    escaped(command.description),
    '.PP',
    `Usage: custody ${escaped(`${name} ${command.usage}`)}`,
    ...command.options.flatMap(optionLines),
    ...command.commands.flatMap((child) => commandLines(child, name)),
  ];
}

function optionLines({ names, value, choices, description }: OptionNode): readonly string[] {
  const shown = `${names.join(', ')}${value === undefined ? '' : ` ${value}`}`;
  const allowed = choices.length === 0 ? '' : ` (${choices.join(', ')})`;
  return ['.TP', `.B ${escaped(shown)}`, escaped(description + allowed)];
}

/** A dash is a minus here, and a line that begins with a dot or a quote would be a request. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
