import { defineConfig } from 'tsup';

// ESM only: Node 20.19 and later load it with `require` as well. What several entries need is split into shared chunks,
// so that the command line and the library are one copy of the code.
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    testing: 'src/testing/index.ts',
    redaction: 'src/policy/redaction/log-redactor.ts',
    failure: 'src/failure/public.ts',
    'cli/main': 'src/cli/main.ts',
    'backend/fallback/sync-worker': 'src/backend/fallback/sync-worker.ts',
  },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  splitting: true,
  sourcemap: true,
  clean: true,
  dts: {
    entry: {
      index: 'src/index.ts',
      testing: 'src/testing/index.ts',
      redaction: 'src/policy/redaction/log-redactor.ts',
      failure: 'src/failure/public.ts',
    },
  },
  external: ['commander', 'node-gyp-build', 're2js'],
});
