/** Frames of JavaScript stacks, as Node, vitest, jest and mocha print them, and the first line of an error. */

/** A place in a stack. */
export interface StackFrame {
  readonly file: string;
  readonly line: string;
  readonly column: string;
}

const FRAME_BEGIN = /^\s{0,80}(?:at |❯ |[\w.<> [\]$]{1,200} \()/u;
const PLACE = /^(.{1,2000}):(\d{1,9}):(\d{1,9})$/;
/** Frames of Node and of what is installed say how it came about, not where. */
const FOREIGN = /^node:|[\\/]node_modules[\\/]|^<anonymous>$/;
const ERROR_LINE = /^(?:Uncaught )?([A-Za-z_$][\w$.]{0,200})(?: \[(?:\w{1,60})\])?: (.*)$/;

/** The place of a frame that is one's own; `undefined` for other frames and other lines. */
export function ownFrame(line: string): StackFrame | undefined {
  if (!FRAME_BEGIN.test(line)) return undefined;
  const text = line.trim();
  const inside = text.endsWith(')')
    ? text.slice(text.lastIndexOf('(') + 1, -1)
    : text.replace(/^(?:at |❯ )(?:async )?/u, '');
  // vitest puts the name of the function in front, without brackets.
  const place = text.startsWith('❯') ? inside.slice(inside.lastIndexOf(' ') + 1) : inside;
  const [, file, row, column] = PLACE.exec(place) ?? [];
  if (file === undefined || row === undefined || column === undefined || FOREIGN.test(file)) return undefined;
  return { file, line: row, column };
}

/** The first own frame in some lines. */
export function firstOwnFrame(lines: readonly string[]): StackFrame | undefined {
  for (const line of lines) {
    const frame = ownFrame(line);
    if (frame !== undefined) return frame;
  }
  return undefined;
}

/** The class and the message in `TypeError: text`; only a class that calls itself an error, or an exception, is one. */
export function splitError(line: string): { readonly code: string | undefined; readonly message: string } {
  const [, code, message] = ERROR_LINE.exec(line) ?? [];
  return code !== undefined && message !== undefined && /(?:Error|Exception|Failure)$/.test(code)
    ? { code, message }
    : { code: undefined, message: line };
}
