import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandValidationError } from '../../../src/core/errors.js';
import { detectStages, parseStageFile } from '../../../src/validation/index.js';

describe('parseStageFile', () => {
  it('VAL-01: reads YAML and JSON, an object or a list', async () => {
    const stages = [{ name: 'types', command: 'tsc', after: [] }];
    expect(await parseStageFile(JSON.stringify(stages))).toEqual({ stages });
    const yaml = 'continueOnFailure: true\nfix: false\nstages:\n  - name: types\n    command: tsc\n    after: []\n';
    expect(await parseStageFile(yaml)).toEqual({ stages, continueOnFailure: true, fix: false });
  });

  it.each([
    ['no YAML', 'a: [', ['the file']],
    ['a text', 'hello', ['the file']],
    ['nothing', '', ['the file']],
    ['unknown keys', 'stages: []\nstage: []\nfix: 1\n', ['stage', 'fix']],
    ['a stage that is wrong', 'stages: [{name: a}]', ['stages[0].command']],
    ['no stages', 'fix: true', ['stages']],
    [
      'a bomb of aliases',
      `a: &a [x, x]\nb: &b [${'*a, '.repeat(99)}*a]\nstages: [${'*b, '.repeat(99)}*b]`,
      ['the file'],
    ],
  ])('VAL-01: refuses %s', async (_name, text, properties) => {
    const error: unknown = await parseStageFile(text).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CommandValidationError);
    expect((error as CommandValidationError).issues.map(({ property }) => property)).toEqual(properties);
  });
});

describe('detectStages', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'custody-stages-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  async function stagesOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const words = (command: unknown): string => (Array.isArray(command) ? command.join(' ') : '');
    return (await detectStages(folder)).map(({ command, fixCommand }) =>
      fixCommand === undefined ? words(command) : `${words(command)} | ${words(fixCommand)}`,
    );
  }

  it.each([
    [
      'scripts of npm',
      {
        'package.json':
          '{"scripts":{"test":"vitest","lint":"eslint .","lint:fix":"eslint --fix .","build":"x","typecheck":"tsc"}}',
      },
      ['npm run --silent typecheck', 'npm run --silent lint | npm run --silent lint:fix', 'npm run --silent test'],
    ],
    ['scripts of pnpm', { 'package.json': '{"scripts":{"test":"x"}}', 'pnpm-lock.yaml': '' }, ['pnpm run test']],
    [
      'the tests that npm init writes',
      { 'package.json': '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}' },
      [],
    ],
    ['a package.json that is none', { 'package.json': '{' }, []],
    [
      'Cargo',
      { 'Cargo.toml': '' },
      ['cargo fmt --check | cargo fmt', 'cargo clippy --all-targets -- -D warnings', 'cargo test'],
    ],
    [
      'Python',
      { 'pyproject.toml': '[project]\n[tool.ruff.lint]\n[tool.mypy]\n[tool.pytest.ini_options]\n' },
      ['ruff check . | ruff check --fix .', 'mypy .', 'python3 -m pytest -q'],
    ],
    ['.NET', { 'a.csproj': '' }, ['dotnet build --nologo', 'dotnet test --nologo --no-build']],
    ['Go', { 'go.mod': '' }, ['go vet ./...', 'go test ./...']],
    ['nothing', {}, []],
  ])('VAL-01: makes stages of %s', async (_name, files, expected) => {
    expect(await stagesOf(files)).toEqual(expected);
  });
});
