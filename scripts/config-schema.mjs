/**
 * Writes schema/custody.schema.json from the schema of src/config; with --check only says whether it is up to date.
 */
import { build } from 'esbuild';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'prettier';

if (process.argv.includes('--help')) {
  console.log('config-schema.mjs [--check]: writes the JSON Schema of custody.yml, or checks it');
  process.exit(0);
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'schema', 'custody.schema.json');
// In the tree, because the bundle looks for its packages from where it is.
const bundle = join(root, 'build', `config-schema-${String(process.pid)}.mjs`);
mkdirSync(dirname(bundle), { recursive: true });
try {
  const entryPoints = [join(root, 'src/config/json-schema.ts')];
  await build({ entryPoints, outfile: bundle, bundle: true, format: 'esm', platform: 'node', packages: 'external' });
  const { configJsonSchema } = await import(pathToFileURL(bundle).href);
  const wanted = await format(JSON.stringify(configJsonSchema()), { parser: 'json', printWidth: 120 });
  if (!process.argv.includes('--check')) writeFileSync(target, wanted);
  else if (readFileSync(target, 'utf8') !== wanted) {
    console.error('schema/custody.schema.json is out of date: run "npm run schema"');
    process.exitCode = 1;
  }
} finally {
  rmSync(bundle, { force: true });
}
