/** Test runners of JavaScript. */
const BODY = {
  assertion: "test('adds', () => {\n  expect(1 + 1).toBe(3);\n});\n\ntest('fine', () => {\n  expect(1).toBe(1);\n});\n",
  thrown:
    "function price(name) {\n  throw new TypeError(`no price of ${name}`);\n}\n\ntest('has a price', () => {\n  price('tea');\n});\n",
  'nested-suites':
    "describe('cart', () => {\n  describe('when empty', () => {\n    test('has a total', () => {\n      expect({ total: 1, items: [] }).toEqual({ total: 0, items: [] });\n    });\n  });\n  test('rejects', async () => {\n    await Promise.reject(new Error('out of stock'));\n  });\n});\n",
  hook: "beforeAll(() => {\n  throw new Error('no database');\n});\n\ntest('reads', () => {\n  expect(1).toBe(1);\n});\n",
  syntax: "test('adds', () => {\n  expect(1 + ).toBe(3);\n});\n",
};
const IMPORT = "import { test, expect, describe, beforeAll } from 'vitest';\n";

const vitest = (run) =>
  Object.fromEntries(
    Object.entries(BODY).map(([name, body]) => [
      name,
      { files: { 'package.json': '{ "type": "module" }\n', 'src/cart.test.js': IMPORT + body }, run },
    ]),
  );
const jest = (run) =>
  Object.fromEntries(
    Object.entries(BODY).map(([name, body]) => [
      name,
      { files: { 'package.json': '{ "private": true }\n', 'src/cart.test.js': body }, run },
    ]),
  );

const CHAI = "const assert = require('node:assert');\n";
const MOCHA = {
  assertion: `${CHAI}it('adds', () => {\n  assert.strictEqual(1 + 1, 3);\n});\n`,
  thrown: `function price(name) {\n  throw new TypeError(\`no price of \${name}\`);\n}\n\nit('has a price', () => {\n  price('tea');\n});\n`,
  'nested-suites': `${CHAI}describe('cart', () => {\n  describe('when empty', () => {\n    it('has a total', () => {\n      assert.deepStrictEqual({ total: 1 }, { total: 0 });\n    });\n  });\n  it('rejects', async () => {\n    throw new Error('out of stock');\n  });\n});\n`,
  hook: "describe('store', () => {\n  before(() => {\n    throw new Error('no database');\n  });\n  it('reads', () => {});\n});\n",
  timeout: "it('waits', function (done) {\n  this.timeout(20);\n});\n",
  syntax: "it('adds', () => {\n  assert(1 + );\n});\n",
};
const mocha = (run) =>
  Object.fromEntries(
    Object.entries(MOCHA).map(([name, body]) => [
      name,
      { files: { 'package.json': '{ "private": true }\n', 'test/cart.js': body }, run },
    ]),
  );
const named = (prefix, scenes) =>
  Object.fromEntries(Object.entries(scenes).map(([name, scene]) => [`${prefix}-${name}`, scene]));

export const javascriptTestScenes = {
  vitest: [
    {
      tool: 'vitest',
      version: 'vitest --version',
      scenes: {
        ...vitest('vitest run'),
        ...named('json', vitest('vitest run --reporter=json')),
        colour: { ...vitest('vitest run').assertion, env: { FORCE_COLOR: '1' } },
      },
    },
  ],
  jest: [
    {
      tool: 'jest',
      version: 'jest --version',
      scenes: {
        ...jest('jest'),
        ...named('json', jest('jest --json 2>/dev/null')),
        colour: { ...jest('jest --colors').assertion },
      },
    },
  ],
  mocha: [
    {
      tool: 'mocha',
      version: 'mocha --version',
      scenes: {
        ...mocha('mocha'),
        'dot-reporter': mocha('mocha --reporter dot').assertion,
        'json-assertion': mocha('mocha --reporter json')['nested-suites'],
        colour: mocha('mocha --color').assertion,
      },
    },
  ],
};
