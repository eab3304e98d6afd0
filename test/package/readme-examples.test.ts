// Promised    : every JavaScript example of the README and of docs/ runs as it stands, against the built package, and prints
//               what it says.
// Not promised: the shell examples.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec, root } from './tree.js';

/** Below the package, so that `import 'custody'` in an example means this package. */
const folder = join(root, 'build', 'readme-examples');

/** Pages with examples. */
function pages(): string[] {
  const docs = join(root, 'docs');
  const names = existsSync(docs) ? readdirSync(docs).filter((name) => name.endsWith('.md')) : [];
  return ['README.md', ...names.map((name) => join('docs', name)).filter((page) => read(page).includes('```js'))];
}

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

function examplesOf(page: string): string[] {
  return Array.from(read(page).matchAll(/```js\n([\s\S]*?)```/gu), ([, code = '']) => code);
}

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.each(pages())('the examples of %s', (page) => {
  const examples = examplesOf(page);

  it('are there', () => {
    expect(examples.length).toBeGreaterThan(0);
    // A fence that the expression above does not take would be an example that nobody runs.
    expect(examples).toHaveLength(read(page).split('```js').length - 1);
  });

  it.each(examples.map((code, index) => ({ number: index + 1, code })))(
    'example $number prints what it says',
    async ({ number, code }) => {
      const promised = Array.from(code.matchAll(/^\/\/ prints: (.*)$/gmu), ([, line = '']) => line);
      expect(promised.length).toBeGreaterThan(0);
      const file = join(folder, `${page.replace(/\W/gu, '-')}-${String(number)}.mjs`);
      writeFileSync(file, code);
      const ended = await exec(folder, process.execPath, [file]);
      expect(ended, ended.stderr).toEqual({ code: 0, stdout: `${promised.join('\n')}\n`, stderr: '' });
    },
  );
});
