/** How vitest runs the tests under Wine: the files are JavaScript already, so only tests go through vite. */
import { defineConfig } from 'vitest/config';

/** Wine starts a process several times slower than Linux does, and one test starts a hundred. */
const TEST_LIMIT_MS = 180_000;

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['conformance/**/*.test.js', 'platform/win32/**/*.test.js'],
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: ['fail-on-warning.js', 'skip-gaps.js'],
    server: { deps: { external: [/[\\/]src[\\/]/, /[\\/]programs[\\/]/] } },
    testTimeout: TEST_LIMIT_MS,
    hookTimeout: TEST_LIMIT_MS,
  },
});
