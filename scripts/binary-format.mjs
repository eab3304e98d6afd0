/** What a native binary is, and what keeps it from being what its target needs. The formats are read in `formats/`. */
import { readFileSync, statSync } from 'node:fs';
import { byVersion } from './formats/bytes.mjs';
import { isElf, readElf } from './formats/elf.mjs';
import { isMachO, readMachO } from './formats/mach-o.mjs';
import { isPe, readPe } from './formats/pe.mjs';
import { root } from './native-build.mjs';

const READERS = [
  { isMine: isElf, read: readElf },
  { isMine: isMachO, read: readMachO },
  { isMine: isPe, read: readPe },
];
const RUN_BITS = 0o111;
/** What says where a binary was built: a source or an object with the whole path to it. */
const BUILD_PATHS = [
  /[\w./\\:-]*[/\\]native[/\\](core|platform|engine|binding|guardian)[/\\][\w./\\]+/,
  /(?<![\w.@+-])([A-Za-z]:)?([/\\][\w.@+ -]+){2,}\.([acho]|cc|cpp|hpp|obj)\b/,
];

/** @throws {RangeError} for a file that is cut off or damaged where it is read, or of another format. */
function formatOf(bytes) {
  const reader = READERS.find(({ isMine }) => isMine(bytes));
  if (reader === undefined) throw new RangeError('neither ELF nor Mach-O nor PE of 64 bits');
  return reader.read(bytes);
}

/**
 * What keeps a file from being what is expected of it, one clause each; see `cross-targets.mjs` for the expectations.
 *
 * @returns {string[]}
 */
export function problemsOf(file, expected) {
  let bytes;
  let found;
  try {
    bytes = readFileSync(file);
    found = formatOf(bytes);
  } catch (error) {
    if (error.code === 'ENOENT') return ['is missing'];
    return [`cannot be read: ${error.message}`];
  }
  return [
    ...problemsOfMachine(found, expected),
    ...problemsOfSystem(found, expected),
    ...problemsOfNames(found, expected),
    ...problemsOfFile(file, bytes, expected),
  ];
}

function problemsOfMachine(found, expected) {
  if (found.kind === expected.kind && found.machine === expected.machine) return [];
  return [`is ${found.kind} for ${found.machine}, not ${expected.kind} for ${expected.machine}`];
}

function problemsOfSystem(found, { minimum, newestGlibc, isStatic = false }) {
  const problems = [];
  if (minimum !== undefined && found.minimum !== minimum) problems.push(`needs macOS ${found.minimum}, not ${minimum}`);
  // Apple's own machines run nothing that is not signed, if only by the linker.
  if (found.kind === 'mach-o' && found.machine === 'aarch64' && !found.isSigned) problems.push('is not signed');
  if (found.newestGlibc !== undefined && byVersion(found.newestGlibc, newestGlibc ?? '0') > 0) {
    problems.push(`needs glibc ${found.newestGlibc}, not ${newestGlibc ?? 'any'}`);
  }
  if (found.needsStaticTls) problems.push('has thread-local variables that a library loaded late may find no room for');
  if (isStatic && !found.isStatic) problems.push('is not static: it names an interpreter');
  return problems;
}

function problemsOfNames(found, { libraries, exports, mayExport = /^$/ }) {
  const strangers = found.libraries.filter((library) => !libraries.test(library));
  const missing = exports.filter((name) => !found.exports.includes(name));
  const extra = found.exports.filter((name) => !exports.includes(name) && !mayExport.test(name));
  return [
    ...(strangers.length > 0 ? [`needs ${strangers.join(', ')}`] : []),
    ...(missing.length > 0 ? [`does not export ${missing.join(', ')}`] : []),
    ...(extra.length > 0 ? [`exports ${extra.length} more names, such as ${extra[0]}`] : []),
  ];
}

function problemsOfFile(file, bytes, { largestBytes, isProgram = false }) {
  const problems = [];
  if (bytes.length > largestBytes) problems.push(`has ${bytes.length} bytes, more than ${largestBytes}`);
  const path = buildPathIn(bytes.toString('latin1'));
  if (path !== undefined) problems.push(`tells where it was built: ${path}`);
  if (isProgram && (statSync(file).mode & RUN_BITS) !== RUN_BITS) problems.push('has lost its run bits');
  return problems;
}

function buildPathIn(text) {
  if (text.includes(root)) return root;
  return BUILD_PATHS.map((pattern) => pattern.exec(text)?.[0]).find((path) => path !== undefined);
}
