/**
 * `file:line:column: text` of a tool that nobody knows. Only a path with an extension counts, so that the time of a log line or
 * the port of a URL is no position; and in automatic detection only what no known format has taken, if none found anything.
 */
import { severityOf, type Finding } from '../diagnostic.js';
import { lineFormat } from '../format.js';
import { locate } from '../located-line.js';

const PATH = /^(?:[A-Za-z]:[\\/])?[^:*?"<>|\s][^:*?"<>|]{0,1000}\.[A-Za-z]\w{0,9}$/;
const LEVEL = /^(?:(?:fatal |syntax )?(error|warning|warn|note|info|hint))\b(?:\[([\w./-]{1,100})\])?[:\s-]{0,4}(.*)$/i;
const MESSAGE = /[\p{L}]{2}/u;

function read(line: string): Finding | undefined {
  const place = locate(line);
  if (place === undefined || !PATH.test(place.file) || !MESSAGE.test(place.text)) return undefined;
  const [, word, code, text] = LEVEL.exec(place.text) ?? [];
  const message = text === undefined || text === '' ? place.text : text;
  return {
    file: place.file,
    line: place.line,
    column: place.column,
    severity: severityOf(word ?? 'error'),
    code,
    message,
    tool: null,
  };
}

export const generic = lineFormat('generic', read);
