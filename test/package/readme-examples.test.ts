// Promised    : every JavaScript example of the README runs as it stands, against the built package, and prints what it says.
// Not promised: the shell examples.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec, root } from './tree.js';

/** Below the package, so that `import 'custody'` in an example means this package. */
const folder = join(root, 'build', 'readme-examples');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const examples = Array.from(readme.matchAll(/```js\n([\s\S]*?)```/gu), ([, code = '']) => code);

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the examples of the README', () => {
  it('are seven', () => {
    expect(examples).toHaveLength(7);
  });

  it.each(examples.map((code, index) => ({ number: index + 1, code })))(
    'example $number prints what it says',
    async ({ number, code }) => {
      const promised = Array.from(code.matchAll(/^\/\/ prints: (.*)$/gmu), ([, line = '']) => line);
      expect(promised.length).toBeGreaterThan(0);
      const file = join(folder, `example-${String(number)}.mjs`);
      writeFileSync(file, code);
      const ended = await exec(folder, process.execPath, [file]);
      expect(ended, ended.stderr).toEqual({ code: 0, stdout: `${promised.join('\n')}\n`, stderr: '' });
    },
  );
});
