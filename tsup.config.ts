import { readFileSync, rmSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { defineConfig, type Options } from 'tsup';

// Here and not by each build: they run at the same time.
rmSync('dist', { recursive: true, force: true });

// ESM only: Node 20.19 and later load it with `require` as well.
const shared: Options = {
  format: 'esm',
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  // Dependencies are not bundled.
  skipNodeModulesBundle: true,
};

/** The library: entries that one process may load together. */
const LIBRARY = {
  index: 'src/index.ts',
  testing: 'src/testing/index.ts',
  redaction: 'src/policy/redaction/log-redactor.ts',
  failure: 'src/failure/public.ts',
  results: 'src/core/parse-result.ts',
  telemetry: 'src/telemetry/index.ts',
  audit: 'src/audit/index.ts',
  config: 'src/config/index.ts',
  parsers: 'src/parsers/index.ts',
  validation: 'src/validation/index.ts',
  github: 'src/github/index.ts',
  coderabbit: 'src/coderabbit/index.ts',
  docker: 'src/docker/index.ts',
  targets: 'src/targets/index.ts',
  eligibility: 'src/policy/eligibility/index.ts',
  staging: 'src/staging/index.ts',
};

/** What the main entry shares with the small ones; what these import is shared too. */
const SHARED = [
  'src/core/budget.ts',
  'src/core/correlation.ts',
  'src/core/display-path.ts',
  'src/core/error-codes.ts',
  'src/core/errors.ts',
  'src/core/outcome.ts',
  'src/core/reason.ts',
  'src/core/result-document.ts',
  'src/core/run-failure.ts',
  'src/core/text-encoding.ts',
  'src/core/validate.ts',
  'src/policy/redaction/create-redactor.ts',
];

/**
 * Keeps the library in few files. There is one for every set of entries that have something in common, and each costs its
 * importers half a millisecond. So every entry imports all that is shared, which adds nothing to it and makes the sets the same.
 */
const oneSharedFile: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'one-shared-file',
  setup(build) {
    const entries = new Set(Object.values(LIBRARY).map((file) => resolve(file)));
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!entries.has(path)) return undefined;
      // In front of the first line, so that the source map stays right.
      const folder = dirname(path);
      const imports = SHARED.map((file) => `import './${relative(folder, file)}';`).join('');
      return { contents: imports + readFileSync(path, 'utf8'), loader: 'ts', resolveDir: folder };
    });
  },
};

/** The command line and the worker have a process and a thread of their own: built apart, they do not cut the library. */
export default defineConfig([
  { ...shared, entry: LIBRARY, splitting: true, dts: true, esbuildPlugins: [oneSharedFile] },
  { ...shared, entry: { 'cli/main': 'src/cli/main.ts' }, splitting: true },
  {
    ...shared,
    entry: { 'backend/fallback/sync-worker': 'src/backend/fallback/sync-worker.ts' },
    splitting: false,
  },
]);
