// Promised: `custody validate` runs the stages of a file and shows a type error, a lint error and a failing test of a project as
//           diagnostics, in every form; exit codes; what it says of files that are missing or wrong.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ValidationOutput } from '../../src/validation/index.js';
import { eventually } from '../conformance/eventually.js';
import { backends, CliProcess, custody, type CliEnd } from './cli-process.js';

/** Milliseconds for three compilers and test runners on a busy machine. */
const COMPILERS_LIMIT_MS = 120_000;

const root = join(import.meta.dirname, '..', '..');

const STAGES = `stages:
  - name: types
    command: node node_modules/typescript/bin/tsc --pretty false
  - name: lint
    command: node node_modules/eslint/bin/eslint.js --format json --no-config-lookup --rule '{"no-debugger":"error"}' src/wrong-style.js
    after: []
  - name: test
    command: node --test --test-reporter=tap test/wrong.test.mjs
    after: []
`;

const VITEST = ['node', 'node_modules/vitest/vitest.mjs', 'run'];

let project: string;
const mode = backends[0]?.[1] ?? 'off';
const validate = (...args: string[]): Promise<CliEnd> => custody(['validate', '--cwd', project, ...args], { mode });

beforeAll(() => {
  mkdirSync(join(root, 'build'), { recursive: true });
  project = mkdtempSync(join(root, 'build', 'validate-'));
  mkdirSync(join(project, 'src'));
  mkdirSync(join(project, 'test'));
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  const files = {
    'custody.validate.yml': STAGES,
    'src/wrong-type.ts': 'export const count: number = 1;\nexport const name: number = "text";\n',
    'tsconfig.json':
      '{"compilerOptions":{"strict":true,"noEmit":true,"types":[],"lib":["es2022"]},"include":["src/*.ts"]}',
    'src/wrong-style.js': 'const a = 1;\ndebugger;\n',
    'test/wrong.test.mjs':
      "import test from 'node:test';\nimport assert from 'node:assert';\ntest('adds', () => assert.equal(1 + 1, 3));\n",
    'other.json':
      '[{"name":"ok","command":["node","-e",""]},{"name":"bad","command":["node","-e","process.exit(3)"]},{"name":"later","command":"node"}]',
    'test/sums.vi.mjs':
      "import { describe, expect, it } from 'vitest';\ndescribe('sums', () => {\n  it('adds', () => {\n    expect(1 + 1).toBe(3);\n  });\n});\n",
    'vitest.config.mjs': "export default { test: { include: ['test/*.vi.mjs'] } };",
    'vitest.json': JSON.stringify([
      { name: 'plain', command: VITEST, env: { NO_COLOR: '1' }, after: [] },
      { name: 'coloured', command: VITEST, env: { FORCE_COLOR: '1' }, after: [] },
      { name: 'tap', command: [...VITEST, '--reporter', 'tap-flat'], after: [] },
    ]),
    'finds.json': JSON.stringify([
      {
        name: 'types',
        command: [
          'node',
          '-e',
          `console.log("src/a.ts(3,7): error TS2322: Type 'string' is not assignable% to type 'number'."); process.exit(1)`,
        ],
      },
    ]),
    'slow.json': JSON.stringify([{ name: 'slow', command: ['sleep', '60'] }]),
    'slow-stage.json': JSON.stringify([{ name: 'slow', command: ['sleep', '60'], timeoutMs: 300 }]),
    'ready.json': JSON.stringify([
      { name: 'waits', command: ['sh', '-c', 'touch ready; exec sleep 60'] },
      { name: 'later', command: ['sleep', '60'] },
    ]),
    'wrong.yml': 'stages: [{name: a}]',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
});

afterAll(() => {
  rmSync(project, { recursive: true });
});

describe('custody validate', () => {
  it(
    'VAL-06: shows a type error, a lint error and a failing test as diagnostics, in every form',
    async () => {
      const sarif = join(project, 'out.sarif');
      const junit = join(project, 'out.xml');
      const end = await validate('--continue', '--json', '--sarif', sarif, '--junit', junit);
      expect(end, end.stderr).toMatchObject({ exitCode: 1, stderr: '' });
      const { success, stages } = JSON.parse(end.stdout.toString()) as ValidationOutput;
      expect(success).toBe(false);
      const found = stages.map(({ stage, status, errors }) => ({ stage, status, error: errors[0] }));
      expect(found).toMatchObject([
        {
          stage: 'types',
          status: 'failed',
          error: { file: 'src/wrong-type.ts', line: 2, code: 'TS2322', source: 'tsc' },
        },
        {
          stage: 'lint',
          status: 'failed',
          error: { file: 'src/wrong-style.js', line: 2, code: 'no-debugger', source: 'eslint' },
        },
        {
          stage: 'test',
          status: 'failed',
          error: { source: 'tap', message: expect.stringContaining('adds') as string },
        },
      ]);
      const log = JSON.parse(readFileSync(sarif, 'utf8')) as { readonly runs: readonly unknown[] };
      expect(log.runs).toHaveLength(3);
      expect(readFileSync(junit, 'utf8')).toContain('tests="3" failures="3" skipped="0"');
    },
    COMPILERS_LIMIT_MS,
  );

  it(
    'VAL-06: shows a failing test of vitest with its file and line, plain, coloured and as TAP',
    async () => {
      const end = await validate(join(project, 'vitest.json'), '--continue', '--json');
      expect(end, end.stderr).toMatchObject({ exitCode: 1, stderr: '' });
      const { stages } = JSON.parse(end.stdout.toString()) as ValidationOutput;
      const message = expect.stringContaining('sums > adds: expected 2 to be 3') as string;
      const file = expect.stringMatching(/(^|\/)test\/sums\.vi\.mjs$/u) as string;
      expect(stages.map(({ stage, errors }) => ({ stage, errors }))).toMatchObject([
        { stage: 'plain', errors: [{ file, line: 4, message, source: 'vitest' }] },
        { stage: 'coloured', errors: [{ file, line: 4, message, source: 'vitest' }] },
        { stage: 'tap', errors: [{ file, line: 4, message, source: 'tap' }] },
      ]);
    },
    COMPILERS_LIMIT_MS,
  );

  it('VAL-06: writes what a stage found as annotations, one line each, and nothing else', async () => {
    const end = await validate(join(project, 'finds.json'), '--github');
    expect(end).toMatchObject({ exitCode: 1, stderr: '' });
    expect(end.stdout.toString()).toBe(
      "::error file=src/a.ts,line=3,col=7,title=types%3A TS2322::Type 'string' is not assignable%25 to type 'number'.\n",
    );
  });

  it('CLI-02: ends with 124 when the time for all stages is spent, with 1 when a stage overran its own', async () => {
    const whole = await validate(join(project, 'slow.json'), '--timeout', '300ms');
    expect(whole).toMatchObject({ exitCode: 124, stderr: '' });
    const own = await validate(join(project, 'slow-stage.json'));
    expect(own).toMatchObject({ exitCode: 1, stderr: '' });
    expect(own.stdout.toString()).toMatch(/^slow +failed/mu);
  });

  it('CLI-02: ends with 130 and what was run until then when it is interrupted', async () => {
    const cli = new CliProcess(['validate', '--cwd', project, join(project, 'ready.json'), '--json'], { mode });
    try {
      await eventually(
        () => existsSync(join(project, 'ready')),
        () => cli.scene(),
      );
      cli.child.kill('SIGINT');
      const { exitCode, stdout, stderr } = await cli.end();
      expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: '' });
      expect(JSON.parse(stdout.toString())).toMatchObject({
        success: false,
        stages: [{ stage: 'waits' }, { stage: 'later', status: 'skipped' }],
      });
    } finally {
      await cli.close();
    }
  });

  it('VAL-02: shows a table, stops at the first failure and names what was skipped', async () => {
    const end = await validate(join(project, 'other.json'));
    const text = end.stdout.toString();
    expect(end).toMatchObject({ exitCode: 1, stderr: '' });
    expect(text).toMatch(/^ok +passed .*\nbad +failed .*\nlater +skipped .*a stage before it failed/mu);
    expect(text).toMatch(/\nfailed in \d/u);
  });

  it('VAL-04: runs the stages that are named, and ends with 0 if they pass', async () => {
    const end = await validate(join(project, 'other.json'), '--stage', 'ok', '--github');
    expect(end).toMatchObject({ exitCode: 0, stderr: '' });
    expect(end.stdout.toString()).toBe('');
  });

  it('VAL-01: lists the stages and runs none', async () => {
    const end = await validate('--list');
    expect(end).toMatchObject({ exitCode: 0, stderr: '' });
    expect(end.stdout.toString()).toMatch(/^STAGE +COMMAND/u);
    expect(end.stdout.toString()).toContain('node --test');
  });

  it.each([
    [['no-such.yml'], 'the file of stages cannot be read'],
    [['wrong.yml'], 'stages[0].command must be a string'],
    [['--stage', 'lin'], "there is no stage 'lin'; did you mean 'lint'?"],
    [['--timeout', '0s'], 'It must be from'],
  ])('VAL-01: ends with 2 and one sentence for %j', async (args, message) => {
    const [first = '', ...rest] = args;
    const end = await validate(first.endsWith('.yml') ? join(project, first) : first, ...rest);
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toContain(message);
  });
});
