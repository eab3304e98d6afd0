/**
 * gcc, clang and what prints like them: `file:line:column: error: text [-Woption]`. Nobody can tell the two compilers apart by
 * one line, so the tool is `cc`. The linker's complaints have no position; the tool is `ld`.
 */
import { severityOf, type Finding } from '../diagnostic.js';
import type { Format } from '../format.js';
import { locate } from '../located-line.js';

const LEVEL = /^(?:(fatal|internal compiler) )?(error|warning|note|remark): (.*)$/;
const OPTION = / \[(-W[\w=+:,.-]{1,200})\]$/;
const DRIVER =
  /^(?:[\w+.-]{0,60}-)?(?:gcc|g\+\+|cc1|cc1plus|clang|clang\+\+|cc|c\+\+)(?:-\d{1,3})?: (?:fatal )?(error|warning): (.*)$/;
/** What the linker says when it has said why. */
const LINKER_SUMMARY = /^ld returned \d{1,3} exit status/;
const LINKER = /^(?:\S{0,200}\/)?(?:ld|ld\.lld|lld|gold|collect2): (.*)$/;
const LINKER_ERROR = /^(?:cannot|undefined|unable|library not found|symbol)/i;
const UNDEFINED =
  /^(?:\S{0,200}\/ld: )?(\S{1,400}\.(?:[ch]\w{0,3}|o|a)):(?:\([^)]{1,100}\):|function \S{1,200}:)? ?(undefined reference to .*|multiple definition of .*)$/;
/** Sources of the C family, and headers without an extension. Other tools print the same shape about other files. */
const SOURCE =
  /(?:\.(?:[chCHsSim]|cc|cpp|cxx|c\+\+|hh|hpp|hxx|h\+\+|mm|ii|inc|inl|ipp|tcc|tpp|cuh?|def|f|f90|ads|adb|d)|(?:^|[\\/])[\w+-]{1,200})$/;

function read(line: string, isCertain: boolean): Finding | undefined {
  const place = locate(line);
  const [, fatal, word, text] = LEVEL.exec(place?.text ?? '') ?? [];
  if (place !== undefined && text !== undefined && (isCertain || SOURCE.test(place.file))) {
    const code = OPTION.exec(text.slice(-220))?.[1];
    const message = code === undefined ? text : text.slice(0, -code.length - 3);
    const severity = fatal === undefined ? severityOf(word) : 'error';
    return { file: place.file, line: place.line, column: place.column, severity, code, message, tool: 'cc' };
  }
  return readLinker(line) ?? readDriver(line);
}

function readDriver(line: string): Finding | undefined {
  const [, word, message] = DRIVER.exec(line) ?? [];
  // The linker, whose complaint stands above, has said why.
  if (message === undefined || message.startsWith('linker command failed')) return undefined;
  return { severity: severityOf(word), message, tool: 'cc' };
}

function readLinker(line: string): Finding | undefined {
  const [, file, missing] = UNDEFINED.exec(line) ?? [];
  if (missing !== undefined) return { file, message: missing, tool: 'ld' };
  const message = LINKER.exec(line)?.[1]?.replace(/^(?:fatal )?error: /, '');
  if (message === undefined || LINKER_SUMMARY.test(message) || !LINKER_ERROR.test(message)) return undefined;
  return { message, tool: 'ld' };
}

export const gcc: Format<'gcc'> = {
  name: 'gcc',
  createReader: (isCertain) => (lines, at, report) => {
    const finding = read(lines.at(at), isCertain);
    if (finding !== undefined) report(finding);
    return finding === undefined ? 0 : 1;
  },
};
