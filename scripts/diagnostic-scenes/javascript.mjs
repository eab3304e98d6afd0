/** Linters and the compiler of JavaScript and TypeScript. */
const ESLINT_CONFIG =
  'export default [{ rules: { "no-unused-vars": "error", "prefer-const": "warn", "no-undef": "error", "no-irregular-whitespace": "error" } }];\n';
const CODE = 'const unused = 1;\nlet count = 2;\nconsole.log(count, missing);\n';
const eslint = (run, files = { 'src/app.js': CODE }) => ({
  files: { 'eslint.config.mjs': ESLINT_CONFIG, ...files },
  run,
});
const CASES = {
  problems: { 'src/app.js': CODE },
  'parse-error': { 'src/app.js': 'const a = ;\n' },
  'two-files': { 'src/app.js': CODE, 'src/other.js': 'var a = b;\n' },
  'warning-only': { 'src/app.js': 'let count = 2;\nexport default count;\n' },
  'unused-directive': { 'src/app.js': '/* eslint-disable no-undef */\nexport const a = 1;\n' },
};
const each = (suffix) =>
  Object.fromEntries(Object.entries(CASES).map(([name, files]) => [name, eslint(`eslint${suffix} src`, files)]));

const TSCONFIG =
  '{ "compilerOptions": { "strict": true, "noEmit": true, "module": "esnext", "moduleResolution": "bundler", "types": [] }, "include": ["src"] }\n';
const tsc = (content, run = 'tsc') => ({ files: { 'tsconfig.json': TSCONFIG, 'src/app.ts': content }, run });
const WRONG = 'const count: number = "many";\nexport function f(a: string) {\n  return a.nothing;\n}\nf(count);\n';
const NESTED =
  'interface Point { x: number; label: { text: string } }\nexport const p: Point = { x: 1, label: { text: 2 } };\nexport const q: Point[] = [1].map((x) => ({ x, label: { txt: "" } }));\n';

const BIOME = '{ "linter": { "enabled": true }, "formatter": { "enabled": true } }\n';
const BIOME_CODE = 'const unused = 1;\nlet count = 2;\nif (count == "2") {\n\tconsole.log(count);\n}\n';
const biome = (run, files = { 'src/app.js': BIOME_CODE }) => ({ files: { 'biome.json': BIOME, ...files }, run });

export const javascriptScenes = {
  eslint: [
    {
      tool: 'eslint',
      version: 'eslint --version',
      scenes: {
        ...each(''),
        colour: eslint('eslint --color src'),
        'max-warnings': eslint('eslint --max-warnings=0 src', CASES['warning-only']),
      },
    },
  ],
  'eslint-json': [
    {
      tool: 'eslint',
      version: 'eslint --version',
      scenes: {
        ...each(' --format=json'),
        'noise-before': eslint('echo "> shop@1.0.0 lint"; echo "[build] starting"; eslint --format=json src'),
      },
    },
  ],
  tsc: [
    {
      tool: 'tsc',
      version: 'tsc --version',
      scenes: {
        plain: tsc(WRONG, 'tsc --pretty false'),
        pretty: tsc(WRONG, 'tsc --pretty'),
        'nested-explanation': tsc(NESTED, 'tsc --pretty false'),
        'nested-pretty': tsc(NESTED, 'tsc --pretty'),
        syntax: tsc('export const a = ;\n', 'tsc --pretty false'),
        'missing-module': tsc('import { x } from "no-such-module";\nx();\n', 'tsc --pretty false'),
        'bad-config': {
          files: { 'tsconfig.json': '{ "compilerOptions": { "noSuchOption": true } }\n', 'src/app.ts': 'export {};\n' },
          run: 'tsc --pretty false',
        },
        'no-inputs': { files: { 'tsconfig.json': '{ "include": ["nothing"] }\n' }, run: 'tsc --pretty false' },
      },
    },
  ],
  biome: [
    {
      tool: 'biome',
      version: 'biome --version',
      scenes: {
        lint: biome('biome lint src'),
        check: biome('biome check src'),
        format: biome('biome format src', { 'src/app.js': 'const a   =  1;\n' }),
        'parse-error': biome('biome lint src', { 'src/app.js': 'const a = ;\n' }),
        json: biome('biome lint --reporter=json src'),
        'json-parse-error': biome('biome lint --reporter=json src', { 'src/app.js': 'const a = ;\n' }),
        github: biome('biome lint --reporter=github src'),
        colour: biome('biome lint --colors=force src', { 'src/app.js': 'if (1 == "1") {\n\tdebugger;\n}\n' }),
      },
    },
  ],
};
