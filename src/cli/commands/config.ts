/**
 * `custody config`: the values that hold here, and who said each of them.
 */
import { copyFileSync, constants } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, type ConfigSource, type LoadedConfig } from '../../config/index.js';
import { matchesAny } from '../../policy/name-glob.js';
import { SECRET_NAME_GLOBS } from '../../policy/presets.js';
import { EXIT } from '../exit-codes.js';
import type { ConfigRequest } from '../grammar/config.js';
import type { CliHost } from '../host.js';
import { Problem } from '../problem.js';
import { renderTable } from '../render/table.js';

const NEW_FILE = 'custody.yml';

/** What stands for a variable whose name is that of a secret: this is read in logs. */
const HIDDEN = '[REDACTED]';

/** Writes the values, or an example. @returns The exit code of the CLI. */
export async function config(request: ConfigRequest, host: CliHost): Promise<number> {
  await Promise.resolve();
  if (request.init) return writeExample(host);
  const loaded = loadConfig({ file: request.config, environment: host.environment });
  host.sinks.out(request.json ? renderJson(loaded) : renderText(loaded, host));
  return EXIT.ok;
}

function writeExample({ packageFolder, sinks }: CliHost): number {
  try {
    copyFileSync(join(packageFolder, 'schema', 'custody.example.yml'), NEW_FILE, constants.COPYFILE_EXCL);
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code === 'EEXIST') throw new Problem(`${NEW_FILE} is there already`, 'remove it first, or edit it');
    throw new Problem(`${NEW_FILE} cannot be written (${String(code)})`);
  }
  sinks.out(`wrote ${NEW_FILE}\n`);
  return EXIT.ok;
}

/** Paths, values and sources in the order of the schema. */
function rowsOf({ config: values, sources }: LoadedConfig): readonly (readonly [string, unknown, ConfigSource])[] {
  return Object.entries(sources).map(([path, source]) => {
    const [section = '', key] = path.split('.', 2);
    const holder = (values as Record<string, unknown>)[section];
    const value = key === undefined ? holder : (holder as Record<string, unknown>)[key];
    return [path, path === 'environment.vars' ? withoutSecrets(value) : value, source] as const;
  });
}

function withoutSecrets(vars: unknown): unknown {
  const entries = Object.entries(vars as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, matchesAny(name, SECRET_NAME_GLOBS) ? HIDDEN : value]),
  );
}

function renderJson(loaded: LoadedConfig): string {
  const rows = rowsOf(loaded);
  const document = {
    version: 1,
    file: loaded.file ?? null,
    values: Object.fromEntries(rows.map(([path, value]) => [path, value])),
    sources: Object.fromEntries(rows.map(([path, , source]) => [path, source])),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function renderText(loaded: LoadedConfig, { sinks }: CliHost): string {
  const { columns, colors } = sinks.outScreen;
  const rows = rowsOf(loaded).map(([path, value, source]) => [
    path,
    { text: typeof value === 'string' ? value : JSON.stringify(value), paint: colors.cyan },
    { text: sourceText(source), paint: source.kind === 'built-in' ? colors.dim : colors.bold },
  ]);
  const titles = [{ title: 'KEY' }, { title: 'VALUE', minWidth: 16 }, { title: 'FROM', minWidth: 12 }];
  const file = loaded.file ?? 'none (custody config --init writes one)';
  return `configuration: ${file}\n\n${renderTable(titles, rows, { columns, paintHeader: colors.dim })}`;
}

function sourceText(source: ConfigSource): string {
  switch (source.kind) {
    case 'file':
      return `${source.file}:${source.line}`;
    case 'environment':
    case 'option':
      return source.name;
    case 'preset':
      return `preset ${source.name}`;
    case 'built-in':
      return 'built-in';
  }
}
