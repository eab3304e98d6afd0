// Promised    : an argument that a provider quotes arrives as it is, whatever it holds, and starts nothing: through cmd.exe also when
//               a batch file has it read a second time, and whatever variables there are.
// Not promised: lines that callers write themselves.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quoteForWindows, windowsCommandLineLength } from '../../src/core/windows-command-line.js';
import { quoteCmd } from '../../src/runner/shells/cmd-shell.js';
import { quotePosix } from '../../src/runner/shells/posix-shell.js';
import { quotePowerShell } from '../../src/runner/shells/powershell.js';

/** Texts made of what shells act on. */
const nasty = fc.string({
  unit: fc.constantFrom(
    ...[
      'a',
      'B',
      ' ',
      '\t',
      "'",
      '\\',
      '%',
      '^',
      '&',
      '|',
      '<',
      '>',
      '(',
      ')',
      '!',
      '$',
      '`',
      '*',
      '=',
      ';',
      ',',
      '-',
      '/',
      '~',
      ':',
      '"',
    ],
  ),
  maxLength: 12,
});
const anyText = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
const args = fc.array(fc.oneof(nasty, anyText), { maxLength: 4 });

/**
 * The first reading of a line by cmd.exe, at a prompt: what stands between two percent signs is a variable if there is one. The
 * worst case is modelled: every name without a quote is set, and its value ends the line.
 */
function expandVariables(line: string): string {
  let result = '';
  for (let at = 0; at < line.length; at += 1) {
    const end = line[at] === '%' ? line.indexOf('%', at + 1) : -1;
    const name = line.slice(at + 1, end).split(':')[0] ?? '';
    if (end !== -1 && name !== '' && !name.includes('"')) {
      result += '&calc&';
      at = end;
    } else {
      result += line[at] ?? '';
    }
  }
  return result;
}

/** The second reading: quotes switch operators off, a caret takes the next character as it is, an operator is an attack. */
function readOperators(line: string): string {
  let result = '';
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (character === '"') quoted = !quoted;
    if (/[\r\n]/.test(character) || (!quoted && /[&|<>()]/.test(character))) throw new Error(`an operator in ${line}`);
    if (!quoted && character === '^') at += 1;
    result += !quoted && character === '^' ? (line[at] ?? '') : character;
  }
  if (quoted) throw new Error(`an open quote in ${line}`);
  return result;
}

/** How the C runtime of a program takes its command line apart. */
function readArguments(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    let backslashes = 0;
    while (line[at] === '\\') {
      backslashes += 1;
      at += 1;
    }
    const character = line[at];
    if (backslashes > 0)
      word = (word ?? '') + '\\'.repeat(character === '"' ? Math.floor(backslashes / 2) : backslashes);
    if (character === undefined) break;
    if (character === '"' && backslashes % 2 === 1) word = (word ?? '') + '"';
    else if (character === '"' && quoted && line[at + 1] === '"') {
      word = `${word ?? ''}"`;
      at += 1;
    } else if (character === '"') {
      quoted = !quoted;
      word ??= '';
    } else if (!quoted && /[ \t]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}

it('SHL-03, SHL-09: cmd.exe hands on what was given, or it is refused', () => {
  fc.assert(
    fc.property(args, (given) => {
      const quoted = given.map((arg) => quoteCmd(arg));
      for (const [index, one] of quoted.entries()) {
        if ('problem' in one) expect(given[index]).toMatch(/["\r\n]/);
      }
      const kept = given.filter((_, index) => 'text' in (quoted[index] ?? {}));
      const line = quoted.flatMap((one) => ('text' in one ? [one.text] : [])).join(' ');
      const once = readOperators(expandVariables(line));
      expect(readArguments(once)).toEqual(kept);
      // A batch file hands its arguments on by %*, which is put in after the variables.
      expect(readArguments(readOperators(once))).toEqual(kept);
    }),
    { numRuns: 5000 },
  );
});

it('the models find an attack where there is one', () => {
  expect(() => readOperators('"a" & calc')).toThrow('operator');
  expect(() => readOperators(expandVariables('"a%PATH%b" "'))).toThrow();
  expect(expandVariables('"%PATH:~0,1%"')).toContain('calc');
  expect(readArguments('"a\\\\" "b \\"c" d""e')).toEqual(['a\\', 'b "c', 'de']);
});

it('CMD-16: the command line of Windows is as long as it was counted, and is taken apart again', () => {
  fc.assert(
    fc.property(args, (given) => {
      const line = ['program', ...given].map((arg) => quoteForWindows(arg)).join(' ');
      expect(windowsCommandLineLength('program', given, false)).toBe(line.length);
      expect(readArguments(given.map((arg) => quoteForWindows(arg)).join(' '))).toEqual(given);
    }),
    { numRuns: 5000 },
  );
});

it('SHL-02: sh reads back what was given', () => {
  fc.assert(
    fc.property(args, (given) => {
      for (const arg of given) {
        const quoted = quotePosix(arg);
        const text = 'text' in quoted ? quoted.text : '';
        // Within single quotes nothing means anything; outside of them stands an escaped quote, or what is inert.
        const parts = text.split("'\\''").join('\u0000');
        const inner = /^'([^']*)'$/.exec(parts)?.[1]?.replaceAll('\u0000', "'") ?? text;
        expect(inner).toBe(arg);
        if (inner === text) expect(text).toMatch(/^[\w./:,@%+-]+$/);
      }
    }),
    { numRuns: 5000 },
  );
});

it('SHL-04: PowerShell reads back what was given', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ' ', "'", '\u2018', '\u2019', '\u201a', '\u201b', '$', '`', '-', '1', '"'),
  });
  fc.assert(
    fc.property(text, (arg) => {
      const quoted = quotePowerShell(arg, 'pwsh');
      const written = 'text' in quoted ? quoted.text : '';
      const inner = written.startsWith("'") ? written.slice(1, -1) : undefined;
      if (inner === undefined) expect(written).toBe(arg);
      // Two quotes of any form in a row are the second of them; one alone would end the text.
      else expect(inner.replace(/(['\u2018-\u201b])\1/g, '$1')).toBe(arg);
      if (inner !== undefined) expect(inner.replace(/(['\u2018-\u201b])\1/g, '')).not.toMatch(/['\u2018-\u201b]/);
    }),
    { numRuns: 5000 },
  );
});
