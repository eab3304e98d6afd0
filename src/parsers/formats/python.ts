/**
 * Tracebacks of Python: one finding for each exception, at its innermost frame. Of a chain the last exception is the error and
 * those before it are `info`; of a group every member is an error. A syntax error has no header, only its frame.
 */
import type { Finding } from '../diagnostic.js';
import { LOOK_AHEAD, type BlockReader, type Format } from '../format.js';
import type { OutputLines } from '../output-lines.js';

const HEADER = /^(?:Exception Group )?Traceback \(most recent call last\):/;
const FRAME = /^ {2,8}File "([^"]{1,4096})", line (\d{1,9})/;
const EXCEPTION = /^([A-Za-z_][\w.]{0,199})(?:: (.*))?$/;
const SYNTAX_ERROR = /^((?:Syntax|Indentation|Tab)Error)(?:: (.*))?$/;
const LINK =
  /^(?:During handling of the above exception, another exception|The above exception was the direct cause of)/;
/** How a group draws its tree: in front of each line. */
const TREE = /^ {0,80}[|+] ?/;
/** Lines of others inside of a traceback before it counts as cut off. */
const MAX_STRAY_LINES = 20;

/** A file that has a name; `<frozen importlib._bootstrap>` and `<string>` have none. */
function isRealFile(name: string): boolean {
  return !name.startsWith('<');
}

export const readTraceback: BlockReader = (lines, at, report) => {
  const first = lines.at(at);
  const prefix = HEADER.test(first) ? undefined : TREE.exec(first)?.[0];
  const plain = (index: number): string => {
    const line = lines.at(index);
    return prefix === undefined ? line : line.replace(TREE, '');
  };
  if (!HEADER.test(plain(at))) return 0;
  let frame: { file: string; line: string } | undefined;
  let stray = 0;
  let index = at + 1;
  for (; index < lines.count && stray <= MAX_STRAY_LINES; index++) {
    const line = plain(index);
    const [, file, number] = FRAME.exec(line) ?? [];
    if (file !== undefined && number !== undefined) {
      if (isRealFile(file)) frame = { file, line: number };
    } else if (!line.startsWith(' ')) {
      if (HEADER.test(line)) break;
      const [, code, text] = EXCEPTION.exec(line) ?? [];
      if (code !== undefined) {
        const severity = isFollowedByLink(lines, index, plain) ? 'info' : 'error';
        report({ ...frame, code, message: text ?? code, severity, tool: 'python' });
        return index + 1 - at;
      }
      stray++;
    }
  }
  if (frame !== undefined) report({ ...frame, message: 'Traceback without its end', tool: 'python' });
  return index - at;
};

/** Whether another exception came of this one: the sentence that says so follows the message, which may have several lines. */
function isFollowedByLink(lines: OutputLines, at: number, plain: (index: number) => string): boolean {
  for (let index = at + 1; index <= at + LOOK_AHEAD && index < lines.count; index++) {
    const line = plain(index);
    if (LINK.test(line)) return true;
    if (HEADER.test(line)) return false;
  }
  return false;
}

const readSyntaxError: BlockReader = (lines, at, report) => {
  const [, file, line] = FRAME.exec(lines.at(at)) ?? [];
  if (file === undefined) return 0;
  for (let index = at + 1; index <= at + LOOK_AHEAD; index++) {
    const [, code, text] = SYNTAX_ERROR.exec(lines.at(index)) ?? [];
    if (code === undefined) continue;
    const finding: Finding = { code, message: text ?? code, tool: 'python' };
    report(isRealFile(file) ? { ...finding, file, line } : finding);
    return index + 1 - at;
  }
  return 0;
};

export const python: Format<'python'> = {
  name: 'python',
  createReader: () => (lines, at, report) => readTraceback(lines, at, report) || readSyntaxError(lines, at, report),
};
