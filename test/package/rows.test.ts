// Promised: scripts/rows.mjs writes which tests hold which row, and finds a row that nothing holds, a name with an id that is
//           no row, and a table that is not up to date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TemporaryFolder, exec, root, type Ended } from './tree.js';

let folder: TemporaryFolder;

beforeEach(() => {
  folder = new TemporaryFolder();
  mkdirSync(join(folder.path, 'test', 'unit'), { recursive: true });
});

afterEach(() => {
  folder[Symbol.dispose]();
});

const rows = (...options: string[]): Promise<Ended> =>
  exec(root, process.execPath, [join(root, 'scripts', 'rows.mjs'), ...options, folder.path]);

const write = (file: string, text: string): void => writeFileSync(join(folder.path, 'test', file), text);

function writeRows(...list: readonly { id: string; title: string; note?: string }[]): void {
  write('rows.json', JSON.stringify(list));
}

it('writes the files whose tests name a row, and notes', async () => {
  writeRows({ id: 'RUN-01', title: 'Runs' }, { id: 'RUN-02', title: 'Stops', note: 'by reading' });
  write('unit/a.test.ts', "it.each([1])('RUN-01: runs %d', () => {}); // RUN-02\nconst text = 'RUN-03';");
  write('b_test.cc', 'TEST_CASE("RUN-01: runs") {}');
  expect(await rows()).toMatchObject({ code: 0, stderr: '' });
  const table = readFileSync(join(folder.path, 'test', 'ROWS.md'), 'utf8');
  expect(table).toContain('| RUN-01 | Runs | `b_test.cc`, `unit/a` |\n| RUN-02 | Stops | by reading |\n');
  expect(await rows('--check')).toMatchObject({ code: 0, stderr: '' });
});

it('finds a table that is not up to date', async () => {
  writeRows({ id: 'RUN-01', title: 'Runs', note: 'by reading' });
  const stale = { code: 1, stderr: 'rows: test/ROWS.md is not up to date: run `npm run rows`\n' };
  expect(await rows('--check')).toMatchObject(stale);
  await rows();
  write('unit/a.test.ts', "it('RUN-01: runs', () => {});");
  expect(await rows('--check')).toMatchObject(stale);
});

it('finds a row that nothing holds, and an id that is no row', async () => {
  writeRows({ id: 'RUN-01', title: 'Runs' });
  write('unit/a.test.ts', "describe('RUN-10: runs', () => {});");
  expect(await rows()).toMatchObject({
    code: 1,
    stderr:
      'rows: RUN-01 is named by no test, and test/rows.json has no note: Runs\n' +
      'rows: RUN-10, named in unit/a, is not in test/rows.json\n',
  });
});
