/**
 * What a reader of a format is. A reader is offered a line and either takes the block that begins there or leaves it to the
 * next reader. Two rules keep all of it linear: a reader that takes nothing looks at a few lines at most, and one that takes
 * a block looks at no more than that block and a few lines behind it.
 */
import type { Finding } from './diagnostic.js';
import type { OutputLines } from './output-lines.js';

/** Lines that a reader may look at without taking them. */
export const LOOK_AHEAD = 6;

/** Takes what a reader found. */
export type Report = (finding: Finding) => void;

/** Takes the block that begins at line `at`; returns how many lines it has, 0 if it is not of this format. */
export type BlockReader = (lines: OutputLines, at: number, report: Report) => number;

/**
 * A format, by name. Readers have state, so that each output gets its own. `isCertain`: the caller says that the output is of
 * this format, so that a line which other tools print too may be taken.
 */
export interface Format<Name extends string = string> {
  readonly name: Name;
  readonly createReader: (isCertain: boolean) => BlockReader;
}

/** A reader without state that takes single lines: `read` returns the finding of a line, or `undefined`. */
export function lineFormat<Name extends string>(name: Name, read: (line: string) => Finding | undefined): Format<Name> {
  const reader: BlockReader = (lines, at, report) => {
    const finding = read(lines.at(at));
    if (finding === undefined) return 0;
    report(finding);
    return 1;
  };
  return { name, createReader: () => reader };
}

/** Several ways to print of one tool: the first reader that takes the line has it. */
export function anyOf(...readers: readonly BlockReader[]): BlockReader {
  return (lines, at, report) => {
    for (const read of readers) {
      const taken = read(lines, at, report);
      if (taken > 0) return taken;
    }
    return 0;
  };
}
