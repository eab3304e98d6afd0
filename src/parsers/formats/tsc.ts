/** The TypeScript compiler, plain and pretty. Of an explanation over several lines the first one is the message. */
import { severityOf, type Finding } from '../diagnostic.js';
import { lineFormat } from '../format.js';

const PLAIN = /^([^\s(][^(]{0,1000})\((\d{1,9}),(\d{1,9})\): (error|warning|message) (TS\d{1,6}): (.*)$/;
const PRETTY = /^([^\s:](?:[^:]|:[\\/]){0,1000}):(\d{1,9}):(\d{1,9}) - (error|warning|message) (TS\d{1,6}): (.*)$/;
const WITHOUT_FILE = /^(error|warning|message) (TS\d{1,6}): (.*)$/;

function read(line: string): Finding | undefined {
  if (!line.includes(' TS')) return undefined;
  const [, file, row, column, word, code, message] = PLAIN.exec(line) ?? PRETTY.exec(line) ?? [];
  if (message !== undefined) return { file, line: row, column, severity: severityOf(word), code, message, tool: 'tsc' };
  const [, severity, number, text] = WITHOUT_FILE.exec(line) ?? [];
  return text === undefined ? undefined : { severity: severityOf(severity), code: number, message: text, tool: 'tsc' };
}

export const tsc = lineFormat('tsc', read);
