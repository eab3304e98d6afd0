/**
 * Compares the built addon with src/backend/native/surface.ts, the one place that declares what crosses between
 * TypeScript and C++: every member of `NativeAddon` and `NativeEngine` must exist in the binary, and nothing else.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const surfaceFile = join(root, 'src/backend/native/surface.ts');
const addonFile = resolve(root, process.env.CUSTODY_ADDON_FILE ?? 'build/Release/custody.node');

/** The names of an interface's members, in order of declaration. */
function declaredMembers(source, interfaceName) {
  const declaration = source.statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === interfaceName,
  );
  if (declaration === undefined) throw new Error(`surface.ts declares no interface ${interfaceName}`);
  return declaration.members.map((member) => member.name.getText(source));
}

/** Own names of an object and of its prototypes below Object's. */
function presentMembers(object) {
  const names = new Set();
  for (let level = object; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level)) if (name !== 'constructor') names.add(name);
  }
  return [...names];
}

function differences(what, declared, present) {
  const missing = declared.filter((name) => !present.includes(name));
  const undeclared = present.filter((name) => !declared.includes(name));
  return [
    ...missing.map((name) => `${what}.${name} is declared, but the addon does not have it`),
    ...undeclared.map((name) => `${what}.${name} is in the addon, but not declared`),
  ];
}

if (!existsSync(addonFile)) {
  console.error(`surface: ${relative(root, addonFile)} is missing: run \`npm run build:native\``);
  process.exit(1);
}
const source = ts.createSourceFile(surfaceFile, readFileSync(surfaceFile, 'utf8'), ts.ScriptTarget.Latest, true);
const addon = createRequire(import.meta.url)(addonFile);
const engine = addon.createEngine(new Float64Array(1024), () => {});
const found = [
  ...differences('NativeAddon', declaredMembers(source, 'NativeAddon'), presentMembers(addon)),
  ...differences('NativeEngine', declaredMembers(source, 'NativeEngine'), presentMembers(engine)),
];
for (const difference of found) console.error(`src/backend/native/surface.ts: ${difference}`);
console.log(`surface: ${found.length} differences`);
// The engine's thread is ended with the process: nothing was launched.
process.exit(found.length === 0 ? 0 : 1);
