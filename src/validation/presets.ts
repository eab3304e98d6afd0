/**
 * Stages for projects of common kinds, told by the files in their directory. What a project has of its own (scripts of
 * package.json) is used as it is; everything else is what its tools do without further options.
 */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../core/shape.js';
import type { ValidationStage } from './stage.js';

/** What is known of a directory. */
interface Project {
  readonly names: ReadonlySet<string>;
  /** The text of a file; `''` if there is none. */
  readonly read: (name: string) => Promise<string>;
}

/** Scripts that are stages, in this order, and those that repair what they find. */
const SCRIPTS: readonly (readonly [name: string, ...fixes: string[]])[] = [
  ['typecheck'],
  ['type-check'],
  ['lint', 'lint:fix', 'fix'],
  ['format:check', 'format'],
  ['test'],
];

const LOCK_FILES: readonly (readonly [file: string, program: string])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

/** What `npm init` writes, which fails on purpose. */
const NO_TESTS = 'no test specified';

/** The stages of the project in this directory; none if it is of no kind that is known. Reads files, runs nothing. */
export async function detectStages(cwd: string): Promise<readonly ValidationStage[]> {
  const names = new Set(await readdir(cwd));
  const read = async (name: string): Promise<string> => (names.has(name) ? readFile(join(cwd, name), 'utf8') : '');
  const project: Project = { names, read };
  const found = await Promise.all([ofScripts(project), ofPython(project)]);
  return [...found[0], ...ofCargo(project), ...found[1], ...ofDotnet(project), ...ofGo(project)];
}

async function ofScripts({ names, read }: Project): Promise<readonly ValidationStage[]> {
  const scripts = scriptsIn(await read('package.json'));
  const program = LOCK_FILES.find(([file]) => names.has(file))?.[1] ?? 'npm';
  const command = (script: string): readonly string[] => [
    program,
    'run',
    ...(program === 'npm' ? ['--silent'] : []),
    script,
  ];
  return SCRIPTS.flatMap(([name, ...fixes]) => {
    const text = scripts.get(name);
    if (text === undefined || text.includes(NO_TESTS)) return [];
    const fix = fixes.find((known) => scripts.has(known));
    return [{ name, command: command(name), ...(fix === undefined ? {} : { fixCommand: command(fix) }) }];
  });
}

/** The scripts of a package.json, whatever it holds. */
function scriptsIn(text: string): ReadonlyMap<string, string> {
  const scripts = new Map<string, string>();
  try {
    const manifest: unknown = JSON.parse(text);
    if (!isObject(manifest) || !isObject(manifest.scripts)) return scripts;
    for (const [name, script] of Object.entries(manifest.scripts)) {
      if (typeof script === 'string') scripts.set(name, script);
    }
  } catch {
    // No JSON, no scripts.
  }
  return scripts;
}

function ofCargo({ names }: Project): readonly ValidationStage[] {
  if (!names.has('Cargo.toml')) return [];
  return [
    { name: 'cargo fmt', command: ['cargo', 'fmt', '--check'], fixCommand: ['cargo', 'fmt'] },
    { name: 'cargo clippy', command: ['cargo', 'clippy', '--all-targets', '--', '-D', 'warnings'] },
    { name: 'cargo test', command: ['cargo', 'test'] },
  ];
}

async function ofPython({ names, read }: Project): Promise<readonly ValidationStage[]> {
  const settings = (await read('pyproject.toml')) + (await read('setup.cfg')) + (await read('tox.ini'));
  const uses = (section: RegExp, ...files: string[]): boolean =>
    section.test(settings) || files.some((file) => names.has(file));
  const stages: ValidationStage[] = [];
  if (uses(/^\[tool\.ruff\b/m, 'ruff.toml', '.ruff.toml')) {
    stages.push({ name: 'ruff', command: ['ruff', 'check', '.'], fixCommand: ['ruff', 'check', '--fix', '.'] });
  }
  if (uses(/^\[(?:tool\.)?mypy\b/m, 'mypy.ini', '.mypy.ini')) stages.push({ name: 'mypy', command: ['mypy', '.'] });
  if (uses(/^\[(?:tool:|tool\.)?pytest\b/m, 'pytest.ini', 'conftest.py')) {
    stages.push({ name: 'pytest', command: ['python3', '-m', 'pytest', '-q'] });
  }
  return stages;
}

function ofDotnet({ names }: Project): readonly ValidationStage[] {
  if (![...names].some((name) => /\.(?:slnx?|csproj|fsproj|vbproj)$/.test(name))) return [];
  return [
    { name: 'dotnet build', command: ['dotnet', 'build', '--nologo'] },
    { name: 'dotnet test', command: ['dotnet', 'test', '--nologo', '--no-build'] },
  ];
}

function ofGo({ names }: Project): readonly ValidationStage[] {
  if (!names.has('go.mod')) return [];
  return [
    { name: 'go vet', command: ['go', 'vet', './...'] },
    { name: 'go test', command: ['go', 'test', './...'] },
  ];
}
