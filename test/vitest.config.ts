import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { COVERAGE_MINIMA } from './coverage-minima.js';

const root = join(import.meta.dirname, '..');

/** Milliseconds one test may take, and one hook. Soak and package tests run many processes each. */
const TEST_LIMIT_MS = 20_000;
const LONG_TEST_LIMIT_MS = 300_000;
/** One test of the containment suite may meet a whole cleanup budget, and hosts with many processes. */
const CONTAINMENT_LIMIT_MS = 60_000;

interface Tier {
  readonly name: string;
  /** Where its tests are, if that is not its name. */
  readonly folder?: string;
  readonly limitMs?: number;
  /** Builds what the launched programs need, once before the run. */
  readonly launches?: boolean;
  /** What else is to be made once before the run. */
  readonly setup?: string;
}

const tiers: readonly Tier[] = [
  { name: 'unit' },
  { name: 'conformance', launches: true },
  { name: 'platform', launches: true },
  { name: 'containment', limitMs: CONTAINMENT_LIMIT_MS, launches: true },
  { name: 'package', limitMs: LONG_TEST_LIMIT_MS, setup: 'package/packed.ts' },
  { name: 'cli', launches: true },
  { name: 'soak', limitMs: LONG_TEST_LIMIT_MS, launches: true },
  { name: 'fuzz', limitMs: LONG_TEST_LIMIT_MS, launches: true },
];

/** Rounds of the containment suite in the long mode: what it is about happens by chance. */
const LONG_CONTAINMENT_ROUNDS = 5;

function tiersOf(mode: string): readonly Tier[] {
  if (mode !== 'long') return tiers;
  const again = Array.from({ length: LONG_CONTAINMENT_ROUNDS - 1 }, (_, index) => ({
    name: `containment-${String(index + 2)}`,
    folder: 'containment',
    limitMs: CONTAINMENT_LIMIT_MS,
    launches: true,
  }));
  return [...tiers, ...again];
}

/**
 * What the workers get beyond the environment of the run. A sanitizer's runtime is preloaded into them alone: vitest's own
 * process has native code of its own that is not to be judged here (scripts/sanitize.mjs).
 */
function environmentOf(mode: string): Record<string, string> {
  const preload = process.env.CUSTODY_TEST_PRELOAD;
  return {
    ...(mode === 'long' ? { CUSTODY_TEST_LONG: '1' } : {}),
    ...(preload === undefined ? {} : { LD_PRELOAD: preload }),
  };
}

/** `--mode long` asks for the long versions of tests. */
function projectOf(
  { name, folder = name, limitMs = TEST_LIMIT_MS, launches = false, setup }: Tier,
  mode: string,
): TestProjectInlineConfiguration {
  return {
    test: {
      name,
      root: import.meta.dirname,
      include: [`${folder}/**/*.test.ts`],
      // Each test file has a process of its own: a crash of the addon ends one file and not the run.
      pool: 'forks',
      globalSetup: [...(launches ? ['programs/build-probe.ts'] : []), ...(setup === undefined ? [] : [setup])],
      setupFiles: ['fail-on-warning.ts'],
      env: environmentOf(mode),
      testTimeout: mode === 'long' ? LONG_TEST_LIMIT_MS : limitMs,
      hookTimeout: limitMs,
    },
  };
}

export default defineConfig(({ mode }) => ({
  test: {
    // Not the root of the projects: coverage reads no source that is outside of this one.
    root,
    // Vitest would leave one processor to itself: of two, half. Most files wait for processes more than they compute.
    maxWorkers: availableParallelism(),
    projects: tiersOf(mode).map((tier) => projectOf(tier, mode)),
    coverage: {
      provider: 'custom',
      customProviderModule: join(import.meta.dirname, 'coverage-provider.ts'),
      include: [join(root, 'src/**/*.ts')],
      allowExternal: true,
      reporter: ['text', 'html'],
      reportOnFailure: true,
      thresholds: COVERAGE_MINIMA,
    },
  },
}));
