import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, configJsonSchema, parseConfig, type ConfigProblem } from '../../../src/config/index.js';

const root = join(import.meta.dirname, '..', '..', '..');
const example = readFileSync(join(root, 'schema', 'custody.example.yml'), 'utf8');

function problemsOf(text: string, name?: string): readonly ConfigProblem[] {
  try {
    parseConfig(text, name);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the values of a configuration', () => {
  it('CFG-02: are the defaults where a file says nothing', () => {
    expect(parseConfig('').config).toEqual({
      preset: 'default',
      native: 'auto',
      defaultTimeoutSeconds: 300,
      graceSeconds: 2,
      maxOutputKb: 1_024,
      overflow: 'head-tail',
      onOverflow: 'truncate',
      streamChunkBytes: 4_096,
      useShell: false,
      maxConcurrent: 4,
      stragglers: 'kill',
      environment: { mode: 'inherit', excludePatterns: [] },
      limits: { strict: false },
      redaction: { enabled: true, patterns: [] },
      audit: {
        enabled: true,
        file: '.custody/audit.db',
        retentionDays: 30,
        includeOutput: true,
        maxOutputBytes: 10_240,
        fullOutput: false,
        onFailure: 'degrade',
      },
      validation: { continueOnFailure: false, fix: true },
    });
  });

  it('CFG-02: the example with every key says just the defaults, and has every key', () => {
    expect(parseConfig(example).config).toEqual(parseConfig('').config);
    const keys = Object.keys(configJsonSchema()['properties'] as object).filter(
      (key) => !/_|\$|Timeout$|Mb$/.test(key),
    );
    for (const key of keys) if (key !== 'gracefulKillTimeoutSeconds') expect(example).toContain(key);
  });

  it('CFG-02: the example is valid with everything in it that is commented out', () => {
    const whole = example.replace(/^(\s*)# (?=\s*[a-zA-Z]+:( |$))(?!yaml-language)/gm, '$1');
    const { config } = parseConfig(whole);
    expect(config).toMatchObject({ root: '.', maxQueued: 1_000, limits: { memoryMb: 2_048 } });
    expect(config.validation?.stages?.map(({ name }) => name)).toEqual(['types', 'lint']);
    expect(config.environment).toMatchObject({ include: ['NPM_TOKEN'], vars: { CI: 'true' } });
  });

  it('CFG-01, D-38: come in camelCase, in snake_case, as JSON, and under the key execution', () => {
    const expected = { maxOutputKb: 2, useShell: true, audit: { retentionDays: 7 } };
    for (const text of [
      'maxOutputKb: 2\nuseShell: true\naudit: {retentionDays: 7}',
      'max_output_kb: 2\nuse_shell: true\naudit:\n  retention_days: 7\n',
      '{"max_output_kb": 2, "useShell": true, "audit": {"retention_days": 7}}',
      'execution:\n  max_output_kb: 2\n  use_shell: true\n  audit: {retention_days: 7}',
    ]) {
      expect(parseConfig(text).config).toMatchObject(expected);
    }
  });

  it('CFG-01: of package.json come from its key, of .agent/config.yml from its section', () => {
    const manifest = '{\n "name": "x",\n "custody": { "max_concurrent": 9 }\n}';
    expect(parseConfig(manifest, 'package.json').config.maxConcurrent).toBe(9);
    expect(problemsOf('{\n "custody": { "max_concurrent": 0 }\n}', 'package.json')).toMatchObject([{ line: 2 }]);
    const agent = 'model: other\nexecution:\n  max_concurrent: 9\n';
    expect(parseConfig(agent, '.agent/config.yml').config.maxConcurrent).toBe(9);
    expect(parseConfig('model: other', '.agent/config.yml').config.maxConcurrent).toBe(4);
  });

  it('CFG-03: are taken by the names of earlier tools', () => {
    const text = 'shell: /bin/bash\noutputBufferMb: 10\nstreamChunkBytes: 512\ngracefulKillTimeout: 10\n';
    expect(parseConfig(text).config).toMatchObject({
      shell: '/bin/bash',
      maxOutputKb: 10_240,
      streamChunkBytes: 512,
      graceSeconds: 10,
    });
  });

  it('D-38: variables stand in environment itself or in vars, and are texts', () => {
    const { config } = parseConfig(
      'environment:\n  mode: minimal\n  CI: true\n  N: 5\n  mixed_Case: x\n  vars: {OLD: null}\n',
    );
    expect(config.environment).toMatchObject({
      mode: 'minimal',
      vars: { CI: 'true', N: '5', mixed_Case: 'x', OLD: null },
    });
  });

  it('CFG-01, VAL-01: stages of a validation take both spellings, and variables that are no keys', () => {
    const text = `
validation:
  continue_on_failure: true
  stages:
    - name: types
      command: npx tsc
      timeout_ms: 1000
    - {name: lint, command: [npx, eslint], fixCommand: npx eslint --fix, after: [], env: {timeout_ms: x}}
`;
    expect(parseConfig(text).config.validation).toEqual({
      continueOnFailure: true,
      fix: true,
      stages: [
        { name: 'types', command: 'npx tsc', timeoutMs: 1_000 },
        {
          ...{ name: 'lint', command: ['npx', 'eslint'], fixCommand: 'npx eslint --fix' },
          ...{ after: [], env: { timeout_ms: 'x' } },
        },
      ],
    });
  });

  it('the names of secrets are kept back where there is a section environment', () => {
    const { config } = parseConfig('environment: {CI: true}');
    expect(config.environment?.excludePatterns).toContain('*_TOKEN');
    expect(parseConfig('environment: {excludePatterns: []}').config.environment?.excludePatterns).toEqual([]);
  });

  it('FLG-08: a section or a key without a value says nothing', () => {
    expect(parseConfig('audit:\nshell:\nlimits: {memoryMb: null}\n').config).toEqual(parseConfig('').config);
  });

  it('those of a preset hold where the file says nothing', () => {
    const { config, sources } = parseConfig('preset: agent\nlimits: {maxProcesses: 50}\n');
    expect(config).toMatchObject({ environment: { mode: 'minimal' }, limits: { memoryMb: 512, maxProcesses: 50 } });
    expect(sources['environment.mode']).toEqual({ kind: 'preset', name: 'agent' });
    expect(sources['limits.maxProcesses']).toEqual({ kind: 'file', file: 'custody.yml', line: 2 });
    expect(sources['maxOutputKb']).toEqual({ kind: 'built-in' });
    expect(parseConfig('preset: agent\nlimits: {memoryMb: 64}').config.limits?.memoryMb).toBe(64);
  });
});

describe('problems of a configuration', () => {
  it('CFG-04: are named all at once, with line, column, path, what is allowed and the nearest key', () => {
    const text = [
      'max_output: 10',
      'defaultTimeoutSeconds: 0',
      'environment:',
      '  mode: all',
      '  A: [1]',
      'audit: {retentionDays: many, retain: 1}',
      'maxOutputKb: 3',
      'max_output_kb: 4',
      'validation: {stages: [{name: a, comand: b}, c]}',
    ].join('\n');
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({
        line: 1,
        column: 1,
        path: 'max_output',
        message: 'is not a key; did you mean maxOutputKb?',
      }),
      expect.objectContaining({
        line: 2,
        column: 24,
        path: 'defaultTimeoutSeconds',
        message: 'must be a number of seconds from 1 to 3600',
      }),
      expect.objectContaining({
        line: 4,
        column: 9,
        path: 'environment.mode',
        message: 'must be one of inherit, merge, replace, minimal',
      }),
      expect.objectContaining({ line: 5, path: 'environment.vars.A' }),
      expect.objectContaining({
        line: 6,
        column: 24,
        path: 'audit.retentionDays',
        message: 'must be a whole number from 1 to 36500',
      }),
      expect.objectContaining({ line: 6, path: 'audit.retain' }),
      expect.objectContaining({
        line: 8,
        path: 'maxOutputKb',
        message: 'is there twice, the second time as max_output_kb',
      }),
      expect.objectContaining({
        line: 9,
        column: 33,
        path: 'validation.stages[0].comand',
        message: 'is not a key; did you mean command?',
      }),
      expect.objectContaining({ line: 9, path: 'validation.stages[1]', message: 'must be a map' }),
    ]);
    expect(() => parseConfig(text)).toThrow(/custody\.yml:2:24: defaultTimeoutSeconds must be/);
  });

  it.each([
    ['a: &x 1\nb: *x', 'anchors'],
    ['x: !!js/function a', 'tags'],
    ['%YAML 1.2\n---\n{}', 'directives'],
    ['__proto__: {a: 1}', '__proto__'],
    ['environment: {__proto__: 1}', '__proto__'],
    ['root: .\nroot: .', 'twice'],
    ['environment: {A: 1, A: 2}', 'twice'],
    ['environment: {"A=B": 1}', '='],
    ['environment: {A: "x\\0y"}', 'NUL'],
    ['root: .\n---\nroot: x', 'several documents'],
    ['---\nroot: .\n---\n', 'several documents'],
    ['root: [', 'YAML'],
    ['[]', 'map of keys'],
    ['just text', 'map of keys'],
    ['? [a]\n: 1', 'no text'],
    [`root: ${'x'.repeat(70_000)}`, 'larger than'],
  ])('CFG-04: are what a file has no use for: %j', (text, what) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(`${problems[0]!.path} ${problems[0]!.message}`).toContain(what);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it.each([
    ['[', '['.repeat(65_536)],
    ['{a: ', '{a: '.repeat(16_384)],
    ['- ', '- '.repeat(32_768)],
    ['[}', '[}'.repeat(32_768)],
    ['spaces', `${' '.repeat(65_000)}a`],
    ['lines that go in', Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['aliases', '*a '.repeat(20_000)],
    ['one key over and over', 'a:\n'.repeat(20_000)],
  ])('CFG-04: cost no more than their file is long, for %s', (_, text) => {
    expect(problemsOf(text)).toHaveLength(1);
  });

  it('CFG-04: of any text are problems and nothing else', () => {
    const piece = fc.constantFrom(
      'root',
      'environment',
      'vars',
      ':',
      ' ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '#',
      '|',
      '1',
      ',',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
        ),
        (text) => {
          problemsOf(text);
        },
      ),
    );
  });
});

describe('the JSON Schema', () => {
  interface Schema {
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly items?: Schema;
    readonly default?: unknown;
    readonly additionalProperties?: unknown;
    readonly $schema?: string;
  }
  const schema = configJsonSchema() as Schema;

  it('CFG-04: is draft-07, knows both spellings and refuses unknown keys', () => {
    expect(schema.$schema).toContain('draft-07');
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties!['max_output_kb']).toEqual(schema.properties!['maxOutputKb']);
    expect(schema.properties!['audit']!.properties!['retention_days']).toMatchObject({ minimum: 1, default: 30 });
    expect(schema.properties!['output_buffer_mb']).toMatchObject({ minimum: 1, maximum: 100 });
    const stage = schema.properties!['validation']!.properties!['stages']!.items!;
    expect(stage.properties!['timeout_ms']).toEqual(stage.properties!['timeoutMs']);
    expect(schema.properties!['environment']!.additionalProperties).toBeTypeOf('object');
  });

  it('CFG-04: is published as it is', () => {
    const published: unknown = JSON.parse(readFileSync(join(root, 'schema', 'custody.schema.json'), 'utf8'));
    expect(published).toEqual(JSON.parse(JSON.stringify(schema)));
  });
});
