/** Reports that several tools write: TAP, JUnit XML, SARIF. */
const NODE_TEST =
  "const test = require('node:test');\nconst assert = require('node:assert');\n\ntest('adds', () => {\n  assert.strictEqual(1 + 1, 3);\n});\n\ntest('cart', async (t) => {\n  await t.test('has a total', () => {\n    throw new TypeError('no total');\n  });\n  await t.test('later', { todo: true }, () => {\n    assert.ok(false);\n  });\n});\n\ntest('skipped', { skip: true }, () => {});\n";
const TAP_TEST =
  "import t from 'tap';\n\nt.test('cart', (t) => {\n  t.equal(1 + 1, 3, 'adds');\n  t.match({ total: 1 }, { total: 2 }, 'has a total');\n  t.end();\n});\n";
const VITEST =
  "import { test, expect, describe } from 'vitest';\n\ntest('adds', () => {\n  expect(1 + 1).toBe(3);\n});\n\ndescribe('cart', () => {\n  test('has <items>', () => {\n    throw new TypeError('no \"items\" & no total');\n  });\n});\n\ntest('fine', () => {});\n";
const MOCHA =
  "const assert = require('node:assert');\n\ndescribe('cart', () => {\n  it('adds', () => {\n    assert.strictEqual(1 + 1, 3);\n  });\n  it('fine', () => {});\n});\n";
const PYTEST =
  'def test_adds():\n    assert 1 + 1 == 3\n\n\ndef test_reads():\n    raise ConnectionError("store <down>")\n';
const ESM = { 'package.json': '{ "type": "module" }\n' };
const RUFF = { 'src/app.py': 'import os\n\n\ndef f():\n    print(c)\n' };

export const reportScenes = {
  tap: [
    {
      tool: 'node:test',
      version: 'node --version',
      scenes: {
        'node-test': {
          files: { 'test/cart.test.js': NODE_TEST },
          run: 'node --test --test-reporter=tap test/cart.test.js',
        },
        'node-test-syntax': {
          files: { 'test/cart.test.js': 'const a = ;\n' },
          run: 'node --test --test-reporter=tap test/cart.test.js',
        },
      },
    },
    {
      tool: 'tap',
      version: `node -p "require(process.env.DIAGNOSTIC_TOOLS.split(':')[0] + '/node_modules/tap/package.json').version"`,
      scenes: { 'node-tap': { files: { ...ESM, 'test/cart.test.js': TAP_TEST }, run: 'node test/cart.test.js' } },
    },
    {
      tool: 'vitest',
      version: 'vitest --version',
      scenes: {
        'vitest-tap': { files: { ...ESM, 'src/cart.test.js': VITEST }, run: 'vitest run --reporter=tap' },
        'vitest-tap-flat': { files: { ...ESM, 'src/cart.test.js': VITEST }, run: 'vitest run --reporter=tap-flat' },
      },
    },
    {
      tool: 'mocha',
      version: 'mocha --version',
      scenes: { 'mocha-tap': { files: { 'test/cart.js': MOCHA }, run: 'mocha --reporter tap' } },
    },
  ],
  junit: [
    {
      tool: 'pytest',
      version: 'pytest --version',
      scenes: {
        'pytest-junit': {
          files: { 'tests/test_math.py': PYTEST },
          run: 'pytest -q -p no:cacheprovider --junit-xml=report.xml > log; cat report.xml',
        },
      },
    },
    {
      tool: 'vitest',
      version: 'vitest --version',
      scenes: { 'vitest-junit': { files: { ...ESM, 'src/cart.test.js': VITEST }, run: 'vitest run --reporter=junit' } },
    },
    {
      tool: 'mocha',
      version: 'mocha --version',
      scenes: { 'mocha-xunit': { files: { 'test/cart.js': MOCHA }, run: 'mocha --reporter xunit' } },
    },
    {
      tool: 'node:test',
      version: 'node --version',
      scenes: {
        'node-test-junit': {
          files: { 'test/cart.test.js': NODE_TEST },
          run: 'node --test --test-reporter=junit test/cart.test.js',
        },
      },
    },
    {
      tool: 'ruff',
      version: 'ruff --version',
      scenes: { 'ruff-junit': { files: RUFF, run: 'ruff check --no-cache --output-format=junit' } },
    },
    {
      tool: 'biome',
      version: 'biome --version',
      scenes: {
        'biome-junit': {
          files: { 'src/app.js': 'if (1 == "1") {\n\tdebugger;\n}\n' },
          run: 'biome lint --reporter=junit src',
        },
      },
    },
  ],
  sarif: [
    {
      tool: 'ruff',
      version: 'ruff --version',
      scenes: {
        'ruff-sarif': { files: RUFF, run: 'ruff check --no-cache --output-format=sarif' },
        'ruff-sarif-syntax': {
          files: { 'src/app.py': 'def f(:\n    pass\n' },
          run: 'ruff check --no-cache --output-format=sarif',
        },
        'ruff-sarif-clean': { files: { 'src/app.py': 'A = 1\n' }, run: 'ruff check --no-cache --output-format=sarif' },
      },
    },
    {
      tool: 'biome',
      version: 'biome --version',
      scenes: {
        'biome-sarif': {
          files: { 'src/app.js': 'if (1 == "1") {\n\tdebugger;\n}\n' },
          run: 'biome lint --reporter=sarif src',
        },
      },
    },
  ],
};
