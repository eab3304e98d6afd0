/** The JSON report that jest defined and vitest writes too. Who wrote it is told by a count that jest alone has. */
import { isObject } from '../../core/shape.js';
import type { BlockReader, Report } from '../format.js';
import { objectsIn, textIn, type JsonObject } from '../json-values.js';
import { withoutEscapes } from '../output-lines.js';
import { firstOwnFrame, splitError } from '../stack-frame.js';

/** Where a message about a whole file says the place: of the parser of vitest, of Babel below jest. */
const PLACES = [
  /^At file: .{1,1000}:(\d{1,9}):(\d{1,9})$/m,
  /^ {0,20}\w{0,20}Error: .{1,1000}\((\d{1,9}):(\d{1,9})\)$/m,
];
/** Babel puts file and place around its message. */
const BABEL_MESSAGE = /^\S.{0,1000}: (.{1,1000}) \(\d{1,9}:\d{1,9}\)$/;
const MAX_MESSAGE_LENGTH = 20_000;

/** Name of a test with the suites around it. */
export function joinTitles(titles: readonly unknown[]): string {
  return titles.filter((title) => typeof title === 'string').join(' > ');
}

function reportTest(test: JsonObject, file: string | undefined, tool: string, report: Report): void {
  const [failure] = Array.isArray(test.failureMessages) ? (test.failureMessages as unknown[]) : [];
  const text = typeof failure === 'string' ? withoutEscapes(failure.slice(0, MAX_MESSAGE_LENGTH)) : '';
  const lines = text.split('\n');
  const { code, message } = splitError(lines[0] ?? '');
  const titles = Array.isArray(test.ancestorTitles) ? (test.ancestorTitles as unknown[]) : [];
  const name = joinTitles([...titles, test.title]);
  report({ file, ...firstOwnFrame(lines), code, message: `${name}: ${message || 'failed'}`, tool });
}

/** A file that did not get as far as its tests. */
function reportFile(text: string, file: string | undefined, tool: string, report: Report): void {
  const plain = withoutEscapes(text.slice(0, MAX_MESSAGE_LENGTH));
  const lines = plain.split('\n');
  const place = PLACES.map((pattern) => pattern.exec(plain)).find((match) => match !== null);
  const own = firstOwnFrame(lines);
  const error = lines.map((line) => line.trim()).find((line) => /^\w{0,60}Error: /.test(line));
  const first = lines.map((line) => line.trim()).find((line) => line !== '' && !line.startsWith('●'));
  const { code, message } = splitError(error ?? first ?? 'failed');
  const [, line, column] = place ?? [];
  const reason = BABEL_MESSAGE.exec(message)?.[1] ?? message;
  report({ ...(line === undefined ? own : { line, column }), file: own?.file ?? file, code, message: reason, tool });
}

/** Reader of the report of one of them; if the caller is certain, of either. */
export function reportReader(tool: 'vitest' | 'jest', isCertain: boolean): BlockReader {
  return (lines, at, report) => {
    const found = lines.jsonAt(at);
    if (found === undefined || !isObject(found.value)) return 0;
    const { value } = found;
    if (!Array.isArray(value.testResults) || !('numTotalTests' in value)) return 0;
    if (!isCertain && 'numRuntimeErrorTestSuites' in value !== (tool === 'jest')) return 0;
    for (const result of objectsIn(value.testResults)) {
      const file = textIn(result, 'name');
      const failed = objectsIn(result.assertionResults).filter(({ status }) => status === 'failed');
      for (const test of failed) reportTest(test, file, tool, report);
      if (failed.length === 0 && result.status === 'failed')
        reportFile(textIn(result, 'message') ?? '', file, tool, report);
    }
    return found.next - at;
  };
}
