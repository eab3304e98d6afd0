/**
 * Gradle: what went wrong, with the place in the build script; tests that failed; the Java and Kotlin compilers below it. A task that
 * failed because of these is not told again.
 */
import { severityOf } from '../diagnostic.js';
import { anyOf, LOOK_AHEAD, type BlockReader, type Format } from '../format.js';
import { readJavac } from './javac.js';

const PLACE = /^(?:Build|Settings|Initialization|Script) file '(.{1,1000})' line: (\d{1,9})$/;
const WRONG = '* What went wrong:';
const TOLD = /^(?:Compilation failed; see|Compilation error|There were failing tests|Could not compile build file)/;
const TEST = /^(\S.{0,300} > .{1,300}) FAILED$/;
const THROWN = /^ {4}([A-Za-z_][\w.$]{0,300})(?:: (.{1,2000}?))?(?: at ([\w$]{1,200}\.\w{1,10}):(\d{1,9}))?$/;
const FRAME = /^ {8}at .{1,600}\(([\w$]{1,200}\.\w{1,10}):(\d{1,9})\)$/;
const KOTLIN = /^([ew]): (\S.{0,1000}\.kts?):(\d{1,9}):(\d{1,9}):? (\S.*)$/;
const COMPILE_PROBLEM =
  /^ {2}build file '(.{1,1000})': (\d{1,9}): (.{1,1000}?)(?: @ line \d{1,9}, column (\d{1,9})\.?)?$/;
/** Lines between the place and the end of the reason. */
const MAX_REASON_LINES = 12;

function createReasonReader(): BlockReader {
  let place: { file: string; line: string } | undefined;
  return (lines, at, report) => {
    const first = lines.at(at);
    const [, file, line] = PLACE.exec(first) ?? [];
    if (file !== undefined && line !== undefined) {
      place = { file, line };
      return 1;
    }
    if (first !== WRONG) return 0;
    let index = at + 1;
    let message = lines.at(index);
    let problem: string | undefined;
    for (; index < at + MAX_REASON_LINES && index < lines.count && !lines.at(index).startsWith('* '); index++) {
      const text = lines.at(index);
      if (text.startsWith('> ')) message = text.slice(2);
      problem ??= COMPILE_PROBLEM.exec(text)?.[3];
    }
    if (problem !== undefined) message = problem;
    if (!TOLD.test(message)) report({ ...place, message, tool: 'gradle' });
    place = undefined;
    return index - at;
  };
}

const readTest: BlockReader = (lines, at, report) => {
  const name = TEST.exec(lines.at(at))?.[1];
  const [, code, text, ownFile, ownLine] = THROWN.exec(lines.at(at + 1)) ?? [];
  if (name === undefined || code === undefined) return 0;
  let file = ownFile;
  let line = ownLine;
  // The class of the test has a file of its name; frames of the library stand above it.
  const className = /([\w$]{1,200}) > /.exec(name)?.[1] ?? name;
  let index = at + 2;
  for (; index < at + 2 + 4 * LOOK_AHEAD && FRAME.test(lines.at(index)); index++) {
    const [, frameFile, frameLine] = FRAME.exec(lines.at(index)) ?? [];
    if (file === undefined && frameFile?.startsWith(`${className}.`) === true) [file, line] = [frameFile, frameLine];
  }
  report({ file, line, code, message: `${name}: ${text ?? code}`, tool: 'gradle' });
  return index - at;
};

const readKotlin: BlockReader = (lines, at, report) => {
  const [, level, file, line, column, message] = KOTLIN.exec(lines.at(at)) ?? [];
  if (message === undefined) return 0;
  report({ file, line, column, severity: severityOf(level === 'w' ? 'warning' : 'error'), message, tool: 'kotlinc' });
  return 1;
};

export const gradle: Format<'gradle'> = {
  name: 'gradle',
  createReader: () => anyOf(createReasonReader(), readTest, readKotlin, readJavac),
};
