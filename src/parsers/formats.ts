/**
 * The formats, in the order in which a line is offered to them. Formats that know their lines by something unmistakable stand
 * before those whose lines look like others'; `generic` comes last.
 */
import type { Format } from './format.js';
import { biome } from './formats/biome.js';
import { dotnetTest } from './formats/dotnet-test.js';
import { eslint } from './formats/eslint.js';
import { gcc } from './formats/gcc.js';
import { generic } from './formats/generic.js';
import { go } from './formats/go.js';
import { goTest } from './formats/go-test.js';
import { gradle } from './formats/gradle.js';
import { javac } from './formats/javac.js';
import { jest } from './formats/jest.js';
import { junit } from './formats/junit.js';
import { maven } from './formats/maven.js';
import { mocha } from './formats/mocha.js';
import { msbuild } from './formats/msbuild.js';
import { mypy } from './formats/mypy.js';
import { pytest } from './formats/pytest.js';
import { python } from './formats/python.js';
import { ruff } from './formats/ruff.js';
import { rust } from './formats/rust.js';
import { sarif } from './formats/sarif.js';
import { tap } from './formats/tap.js';
import { tsc } from './formats/tsc.js';
import { vitest } from './formats/vitest.js';

/** Formats that automatic detection tries. */
export const KNOWN_FORMATS: readonly Format<FormatName>[] = [
  sarif,
  eslint,
  ruff,
  biome,
  mypy,
  rust,
  junit,
  vitest,
  jest,
  mocha,
  tap,
  go,
  goTest,
  pytest,
  python,
  tsc,
  msbuild,
  dotnetTest,
  maven,
  javac,
  gradle,
  gcc,
];

/** The last resort. */
export { generic };

/** Name of a format that can be asked for. */
export type FormatName =
  | 'biome'
  | 'dotnet-test'
  | 'eslint'
  | 'gcc'
  | 'generic'
  | 'go'
  | 'go-test'
  | 'gradle'
  | 'javac'
  | 'jest'
  | 'junit'
  | 'maven'
  | 'mocha'
  | 'msbuild'
  | 'mypy'
  | 'pytest'
  | 'python'
  | 'ruff'
  | 'rust'
  | 'sarif'
  | 'tap'
  | 'tsc'
  | 'vitest';

const BY_NAME = new Map<string, Format<FormatName>>([...KNOWN_FORMATS, generic].map((format) => [format.name, format]));

/** The names, in the order of the table above. */
export const FORMAT_NAMES: readonly FormatName[] = [...BY_NAME.values()].map(({ name }) => name);

/** The format of that name. */
export function formatNamed(name: unknown): Format<FormatName> | undefined {
  return typeof name === 'string' ? BY_NAME.get(name) : undefined;
}
