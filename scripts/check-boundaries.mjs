/**
 * Checks who imports whom: the table of rooms below, for TypeScript imports in src/ and for includes in native/.
 *
 * The compiler already refuses a wrong include (CMakeLists.txt gives each room its own include folder); this check also
 * covers the system headers a room must not know, and all of TypeScript. Run with a folder as argument to check a tree
 * other than this one, which is how its own test shows that a violation is found.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const anything = /./;
const nodeModule = /^node:/;

/**
 * TypeScript rooms: folder of src/ -> what it may import. `rooms` are folders or single files of src/; `packages` are
 * modules from outside. A room may always import itself.
 */
const TYPESCRIPT_ROOMS = {
  core: { rooms: [], packages: [] },
  policy: { rooms: ['core'], packages: [nodeModule, /^re2js$/] },
  failure: { rooms: ['core'], packages: [] },
  backend: { rooms: ['core', 'policy'], packages: [nodeModule, /^node-gyp-build$/] },
  runner: { rooms: ['core', 'policy', 'failure', 'backend'], packages: [/^node:(?!sqlite)/] },
  parsers: { rooms: ['core'], packages: [/^re2js$/] },
  'child-process': { rooms: ['core', 'policy', 'runner/runner.ts', 'runner/create-runner.ts'], packages: [nodeModule] },
  testing: { rooms: ['core', 'runner', 'backend/backend.ts'], packages: [nodeModule] },
  audit: { rooms: ['core', 'policy'], packages: [nodeModule, /^libsql$/, /^canonicalize$/] },
  telemetry: { rooms: ['core'], packages: [nodeModule] },
  config: { rooms: ['core', 'policy'], packages: [nodeModule, /^yaml$/, /^zod$/] },
  cli: { rooms: [anything], packages: [nodeModule, /^commander$/] },
  docker: {
    rooms: ['core', 'policy', 'failure', 'runner/runner.ts', 'targets'],
    packages: [nodeModule],
  },
  'index.ts': { rooms: [anything], packages: [] },
  ...Object.fromEntries(
    ['validation', 'github', 'coderabbit', 'targets', 'staging'].map((room) => [
      room,
      {
        rooms: ['core', 'policy', 'failure', 'parsers', 'runner/runner.ts'],
        packages: room === 'validation' ? [nodeModule, /^yaml$/] : [nodeModule],
      },
    ]),
  ),
};

/** Modules that one file or folder of src/ alone may import, and names that only the listed places may read. */
const SOLE_IMPORTERS = [
  { module: /^(node:)?child_process$/, places: ['backend/fallback/'] },
  { module: /^(node:sqlite|libsql)$/, places: ['audit/sqlite-driver.ts'] },
  { module: /^node-gyp-build$/, places: ['backend/native/'] },
  { module: /^re2js$/, places: ['policy/redaction/user-patterns.ts', 'parsers/pattern-engine.ts'] },
];
const HOST_FACTS = { names: ['env', 'platform'], places: ['cli/main.ts', 'runner/create-runner.ts', 'backend/'] };

const standardHeader = /^[a-z_]+$/;
/** Standard headers that start threads or read clocks: not for rooms that must stay pure. */
const threadHeader = /^(thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|stop_token)$/;
const nodeHeader = /^(napi|node_api|js_native_api|node|uv|v8)\.h$/;

/** Native rooms, most particular first: path below native/ -> what it may include. `own` is how it names our headers. */
const NATIVE_ROOMS = [
  { room: 'core/', own: [/^core\//], system: (header) => standardHeader.test(header) && !threadHeader.test(header) },
  ...['linux', 'darwin', 'win32'].map((os) => ({
    room: `platform/${os}/`,
    own: [/^core\//, /^platform\/[^/]+\.h$/, new RegExp(`^platform/(posix|${os})/`)],
    system: (header) => !nodeHeader.test(header),
  })),
  {
    room: 'platform/posix/',
    own: [/^core\//, /^platform\/[^/]+\.h$/, /^platform\/posix\//],
    system: (header) => !nodeHeader.test(header),
  },
  { room: 'platform/', own: [/^core\//, /^platform\/[^/]+\.h$/], system: (header) => standardHeader.test(header) },
  {
    room: 'engine/',
    own: [/^core\//, /^platform\/[^/]+\.h$/, /^engine\//],
    system: (header) => standardHeader.test(header),
  },
  {
    room: 'binding/',
    own: [/^core\//, /^engine\//, /^binding\//],
    system: (header) => standardHeader.test(header) || nodeHeader.test(header),
  },
  {
    room: 'guardian/darwin/',
    own: [/^core\//, /^platform\/(posix|darwin)\/[^/]+\.h$/, /^guardian\//],
    system: (header) => !nodeHeader.test(header),
  },
  {
    room: 'guardian/',
    own: [/^core\//, /^platform\/posix\/[^/]+\.h$/, /^guardian\//],
    system: (header) => !nodeHeader.test(header),
  },
];

/** What MinGW compiles too: it frees a thread's variables before it destroys them (native/platform/win32/README.md, decision 8). */
const WITHOUT_THREAD_LOCAL = ['core/', 'engine/', 'binding/', 'platform/win32/'];

const root = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
const violations = [];
const report = (file, line, message) => violations.push(`${relative(root, file)}:${line}: ${message}`);

function filesBelow(folder, extension) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extension.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function checkTypeScript(file) {
  const src = join(root, 'src');
  const place = relative(src, file).split(sep).join('/');
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const lineOf = (node) => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const room = place.split('/')[0];
  const rules = TYPESCRIPT_ROOMS[room];
  if (rules === undefined) {
    report(file, 1, `src/${room} is not a room of the table in scripts/check-boundaries.mjs`);
    return;
  }
  const visit = (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) {
      const message = importViolation(place, room, rules, specifier);
      if (message !== undefined) report(file, lineOf(node), message);
    }
    if (readsHostFact(node) && !HOST_FACTS.places.some((allowed) => place.startsWith(allowed))) {
      report(file, lineOf(node), `src/${place} must not read ${node.getText()}: it is passed in`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

/** The module named by an import, a re-export, `import()`, an import type or `require()`. */
function specifierOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier?.text;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal.text;
  if (!ts.isCallExpression(node) || node.arguments.length === 0 || !ts.isStringLiteral(node.arguments[0]))
    return undefined;
  const callee = node.expression;
  const isImport =
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
  return isImport ? node.arguments[0].text : undefined;
}

function importViolation(place, room, rules, specifier) {
  const sole = SOLE_IMPORTERS.find(({ module }) => module.test(specifier));
  if (sole !== undefined && !sole.places.some((allowed) => place.startsWith(allowed))) {
    return `only src/${sole.places.join(', src/')} may import '${specifier}'`;
  }
  if (!specifier.startsWith('.')) {
    return rules.packages.some((allowed) => allowed.test(specifier))
      ? undefined
      : `src/${room} must not import '${specifier}'`;
  }
  const target = posix.join(posix.dirname(place), specifier).replace(/\.js$/, '.ts');
  const allowed = [room, ...rules.rooms].some((known) =>
    known instanceof RegExp ? known.test(target) : target === known || target.startsWith(`${known}/`),
  );
  // Leaving src/ is never an import of a room.
  return allowed && !target.startsWith('..') ? undefined : `src/${room} must not import src/${target}`;
}

function readsHostFact(node) {
  return (
    ts.isPropertyAccessExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'process' &&
    HOST_FACTS.names.includes(node.name.text)
  );
}

function checkNative(file) {
  const place = relative(join(root, 'native'), file).split(sep).join('/');
  const rules = NATIVE_ROOMS.find(({ room }) => place.startsWith(room));
  if (rules === undefined) {
    report(file, 1, `native/${place} is in no room of the table in scripts/check-boundaries.mjs`);
    return;
  }
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((text, index) => {
      const quoted = /^\s*#\s*include\s+"([^"]+)"/.exec(text)?.[1];
      const system = /^\s*#\s*include\s+<([^>]+)>/.exec(text)?.[1];
      const allowed =
        (quoted === undefined || rules.own.some((known) => known.test(quoted))) &&
        (system === undefined || rules.system(system));
      if (!allowed) report(file, index + 1, `native/${rules.room} must not include ${quoted ?? system}`);
      if (WITHOUT_THREAD_LOCAL.includes(rules.room) && /\bthread_local\b/.test(text)) {
        report(file, index + 1, `native/${rules.room} must not use thread_local`);
      }
    });
}

const typescriptFiles = filesBelow(join(root, 'src'), /\.ts$/);
const nativeFiles = filesBelow(join(root, 'native'), /\.(cc|h)$/);
typescriptFiles.forEach(checkTypeScript);
nativeFiles.forEach(checkNative);
for (const violation of violations.sort()) console.error(violation);
console.log(
  `boundaries: ${typescriptFiles.length} TypeScript and ${nativeFiles.length} C++ files, ${violations.length} violations`,
);
process.exitCode = violations.length === 0 ? 0 : 1;
