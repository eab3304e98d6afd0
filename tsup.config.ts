import { rmSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';

// Here and not by each build: they run at the same time.
rmSync('dist', { recursive: true, force: true });

// ESM only: Node 20.19 and later load it with `require` as well.
const shared: Options = {
  format: 'esm',
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  external: ['commander', 'node-gyp-build', 're2js'],
};

/**
 * Entries that one process may load together share their code in chunks, so that there is one copy of it. The command line
 * and the worker have a process and a thread of their own: built apart, they do not cut the library into more files, each of
 * which would cost its importers a millisecond.
 */
export default defineConfig([
  {
    ...shared,
    entry: {
      index: 'src/index.ts',
      testing: 'src/testing/index.ts',
      redaction: 'src/policy/redaction/log-redactor.ts',
      failure: 'src/failure/public.ts',
      results: 'src/core/parse-result.ts',
      telemetry: 'src/telemetry/index.ts',
    },
    splitting: true,
    dts: true,
  },
  { ...shared, entry: { 'cli/main': 'src/cli/main.ts' }, splitting: true },
  {
    ...shared,
    entry: { 'backend/fallback/sync-worker': 'src/backend/fallback/sync-worker.ts' },
    splitting: false,
  },
]);
