/**
 * MSBuild and the compilers below it: `file(line,column,endLine,endColumn): error CS0103: text [project]`, `MSBUILD : error MSB1009: text`,
 * NuGet. `dotnet build` prints everything twice, as it comes and at the end; what was told is not told again.
 */
import { severityOf, type Finding } from '../diagnostic.js';
import { type BlockReader, type Format } from '../format.js';

const PLACED =
  /^ {0,20}(?:\d{1,4}>)?(\S[^(]{0,1000}?)\((\d{1,9})(?:,(\d{1,9}))?(?:,(\d{1,9}),(\d{1,9}))?\) ?: (?:[a-z]{1,20} )?(error|warning|info|message) ([A-Z]{1,10}\d{1,6}) ?: (.*)$/;
const ORIGIN =
  /^ {0,20}(?:\d{1,4}>)?(\S[^:]{0,200}(?::[\\/][^:]{1,1000})?) ?: (?:[a-z]{1,20} )?(error|warning) ([A-Z]{1,10}\d{1,6}) ?: (.*)$/;
const PROJECT = / \[[^[\]]{1,1000}\.\w{0,8}proj(?:::[\w.=-]{1,100})?\]$/;

function toolOf(code: string): string {
  if (code.startsWith('MSB')) return 'msbuild';
  if (code.startsWith('CS')) return 'csc';
  if (code.startsWith('NU')) return 'nuget';
  if (code.startsWith('LNK')) return 'link';
  if (/^C\d/.test(code)) return 'cl';
  return code.startsWith('NETSDK') ? 'dotnet' : 'analyzer';
}

/** Only a name with an extension is a file; `MSBUILD` and `CSC` are who says it. */
function fileOf(origin: string): string | undefined {
  return /\.\w{1,10}$/.test(origin) ? origin : undefined;
}

function read(line: string): Finding | undefined {
  const [, file, row, column, endLine, endColumn, word, code, text] = PLACED.exec(line) ?? [];
  if (code !== undefined && text !== undefined && !code.startsWith('TS')) {
    const severity = severityOf(word);
    return {
      file,
      line: row,
      column,
      endLine,
      endColumn,
      severity,
      code,
      message: text.replace(PROJECT, ''),
      tool: toolOf(code),
    };
  }
  const [, origin, level, number, message] = ORIGIN.exec(line) ?? [];
  if (origin === undefined || number === undefined || message === undefined || number.startsWith('TS'))
    return undefined;
  return {
    file: fileOf(origin.trimEnd()),
    severity: severityOf(level),
    code: number,
    message: message.replace(PROJECT, ''),
    tool: toolOf(number),
  };
}

function createReader(): BlockReader {
  const told = new Set<string>();
  return (lines, at, report) => {
    const line = lines.at(at);
    if (!/ (?:error|warning|info|message) [A-Z]/.test(line)) return 0;
    const finding = read(line);
    if (finding === undefined) return 0;
    const key = JSON.stringify(finding);
    if (!told.has(key)) report(finding);
    told.add(key);
    return 1;
  };
}

export const msbuild: Format<'msbuild'> = { name: 'msbuild', createReader };
