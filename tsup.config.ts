import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** The modules of this package that a file imports as values. */
function importsOf(file: string): string[] {
  const imports = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\s+(?!type\b)(?:[^;']*?from )?'(\.[^']+)\.js';/gmu,
  );
  return [...imports].map(([, path = '']) => resolve(dirname(file), `${path}.ts`));
}

/** A file and everything that it leads to. */
function modulesOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const each of importsOf(file)) modulesOf(each, seen);
  return seen;
}

const ROOT = resolve('src/index.ts');
const graphs = new Map(Object.values(LIBRARY).map((file) => [resolve(file), modulesOf(resolve(file))]));
const graphOf = (entry: string): ReadonlySet<string> => graphs.get(entry) ?? new Set();
const holdsRunner = (entry: string): boolean =>
  [...graphOf(entry)].some((module) => module.startsWith(resolve('src/runner')));

/** What the main entry has in common with any of these entries. */
function sharedWith(entries: readonly string[]): string[] {
  const isShared = (module: string): boolean => entries.some((entry) => graphOf(entry).has(module));
  return [...graphOf(ROOT)].filter((module) => module !== ROOT && isShared(module));
}

const others = [...graphs.keys()].filter((file) => file !== ROOT);
const SMALL = sharedWith(others.filter((entry) => !holdsRunner(entry)));
const LARGE = sharedWith(others);

/**
 * Keeps the library in few files. There is one for every set of entries that have something in common, and each costs its
 * importers half a millisecond. So every entry imports all that the main one shares with any entry, which makes the sets the same:
 * one file for those that hold no runner, so that they stay small, and one more for those that do.
 */
const fewFiles: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'few-files',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!graphs.has(path)) return undefined;
      // In front of the first line, so that the source map stays right.
      const folder = dirname(path);
      const shared = holdsRunner(path) ? LARGE : SMALL;
      const imports = shared.map((file) => `import './${relative(folder, file)}';`).join('');
      return { contents: imports + readFileSync(path, 'utf8'), loader: 'ts', resolveDir: folder };
    });
  },
};

/** One declaration file for each source: joining them into one for each entry takes ten times as long as everything else. */
function declareTypes(): Promise<void> {
  const tsc = resolve('node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.declarations.json'], { stdio: 'inherit' });
  return Promise.resolve();
}

/** What the command line carries in itself. */
const BUNDLED = ['yaml', 'zod'];

function licenseOf(name: string): string {
  return `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8')}`;
}

/** The command line and the workers have a process and threads of their own: built apart, they do not cut the library. */
export default defineConfig([
  {
    ...shared,
    entry: LIBRARY,
    splitting: true,
    onSuccess: declareTypes,
    esbuildPlugins: [fewFiles],
    esbuildOptions(options) {
      // That an import of no names brings nothing is what is wanted: it only says where a module goes.
      options.logOverride = { ...options.logOverride, 'ignored-bare-import': 'silent' };
    },
  },
  {
    ...shared,
    entry: { 'cli/main': 'src/cli/main.ts' },
    splitting: true,
    // Read from their many files they cost a command with a configuration more than all the rest of it.
    skipNodeModulesBundle: false,
    noExternal: BUNDLED,
    esbuildOptions(options) {
      // The form of it that is made of modules: the one for Node is CommonJS, which calls `require`.
      options.alias = { yaml: resolve('node_modules/yaml/browser/index.js') };
    },
    onSuccess: () => {
      writeFileSync('dist/cli/LICENSES.txt', BUNDLED.map(licenseOf).join('\n'));
      return Promise.resolve();
    },
  },
  {
    ...shared,
    entry: {
      'backend/fallback/sync-worker': 'src/backend/fallback/sync-worker.ts',
      'backend/builtins/builtin-worker': 'src/backend/builtins/builtin-worker.ts',
      'audit/writer-worker': 'src/audit/writer-worker.ts',
    },
    splitting: false,
  },
]);
