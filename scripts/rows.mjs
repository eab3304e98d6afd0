/**
 * Writes test/ROWS.md: each row of the specification, and the files whose tests name it.
 *
 * The rows stand in test/rows.json. A row is held by the tests that have its id in their name; where none can, a `note` says
 * what holds it, or why nothing does. With `--check` nothing is written, and a table that is not up to date, a row with
 * neither test nor note, or a name with an id that is no row fails. A folder as argument stands for the repository.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const check = process.argv.includes('--check');
const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const root = resolve(folder ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
const rowsFile = join(root, 'test/rows.json');
const tableFile = join(root, 'test/ROWS.md');

const HEAD = `# Rows of the specification

Which tests hold which row: those that have its id in their name. Made by \`npm run rows\` from \`test/rows.json\` and the names of the
tests; \`npm run check\` fails when it is not up to date.
`;

const groupOf = (id) => id.slice(0, id.indexOf('-'));

/** What a test or a group of tests is called: \`it('name')\`, \`it.each(...)('name')\`, \`describe.runIf(...)('name')\`. */
function testNames(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const names = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && /^(?:it|test|describe)$/u.test(calledBy(node))) {
      const [name] = node.arguments;
      if (name !== undefined && (ts.isStringLiteralLike(name) || ts.isTemplateExpression(name))) {
        names.push(name.getText(source));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** The identifier at the left end of what is called. */
function calledBy(node) {
  let left = node;
  while (ts.isCallExpression(left) || ts.isPropertyAccessExpression(left)) left = left.expression;
  return ts.isIdentifier(left) ? left.text : '';
}

function nativeTestNames(file) {
  return Array.from(readFileSync(file, 'utf8').matchAll(/TEST_CASE\("([^"]*)"/gu), ([, name]) => name);
}

const READERS = { '.test.ts': testNames, '.test-d.ts': testNames, '_test.cc': nativeTestNames };

/** Files with tests below test/, with what they are called in the table. */
function testFiles() {
  const files = readdirSync(join(root, 'test'), { recursive: true }).map((file) => file.replaceAll('\\', '/'));
  return files.sort().flatMap((file) => {
    const ending = Object.keys(READERS).find((known) => file.endsWith(known));
    if (ending === undefined) return [];
    return [{ title: file.replace(/\.test(?:-d)?\.ts$/u, ''), names: READERS[ending](join(root, 'test', file)) }];
  });
}

/** Id -> the files whose tests name it. */
function holders(groups) {
  const id = new RegExp(`\\b(?:${groups.join('|')})-\\d\\d(?!\\d)`, 'gu');
  const found = new Map();
  for (const { title, names } of testFiles()) {
    for (const name of new Set(names.flatMap((text) => text.match(id) ?? []))) {
      found.set(name, [...(found.get(name) ?? []), title]);
    }
  }
  return found;
}

function tableOf(rows, held) {
  const lines = rows.map(({ id, title, note }) => {
    const parts = [...(held.get(id) ?? []).map((file) => `\`${file}\``), ...(note === undefined ? [] : [note])];
    return `| ${id} | ${title} | ${parts.join(', ')} |`;
  });
  return `| Row | Promise | Held by |\n|---|---|---|\n${lines.join('\n')}\n`;
}

const rows = JSON.parse(readFileSync(rowsFile, 'utf8'));
const groups = [...new Set(rows.map(({ id }) => groupOf(id)))];
const held = holders(groups);
const inGroup = (group) => rows.filter(({ id }) => groupOf(id) === group);
const table = [HEAD, ...groups.map((group) => `## ${group}\n\n${tableOf(inGroup(group), held)}`)].join('\n');

const known = new Set(rows.map(({ id }) => id));
const problems = [
  ...rows
    .filter(({ id, note }) => note === undefined && !held.has(id))
    .map(({ id, title }) => `${id} is named by no test, and test/rows.json has no note: ${title}`),
  ...[...held]
    .filter(([id]) => !known.has(id))
    .map(([id, files]) => `${id}, named in ${files.join(', ')}, is not in test/rows.json`),
];
if (!check) writeFileSync(tableFile, table);
else if (read(tableFile) !== table) problems.push('test/ROWS.md is not up to date: run `npm run rows`');

for (const problem of problems) console.error(`rows: ${problem}`);
const named = rows.filter(({ id }) => held.has(id)).length;
console.log(`rows: ${rows.length} rows, ${named} named by tests, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
