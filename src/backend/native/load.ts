/**
 * Finds and loads the addon, and says why when it cannot.
 *
 * `build/Release` of a clone comes before the prebuild of the platform (node-gyp-build's order). A file that cannot be
 * loaded, that speaks another surface, or that cannot make an engine is a reason for the fallback, never a crash.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { CustodyError } from '../../core/errors.js';
import type { Backend } from '../backend.js';
import { fileSystem } from '../lazy-builtins.js';
import { forOwnLibc } from './libc.js';
import { NativeBackend } from './native-backend.js';
import { SURFACE_VERSION, type NativeAddon } from './surface.js';
import { missingBytes } from './whole-file.js';

/** Names an addon file to load instead of looking for one: for tests and sanitizer builds. */
const FILE_VARIABLE = 'CUSTODY_ADDON_FILE';

const BUNDLED = 'custody is part of a bundle, which holds no addon; make it an external of the bundler';

/**
 * Loads the addon and makes the engine of this JavaScript environment.
 *
 * @throws {@link CustodyError} with code `NATIVE_UNAVAILABLE`; the message is one line and names the reason.
 */
export function loadNativeBackend(): { readonly backend: Backend; readonly file: string } {
  const url = ownUrl();
  const require = process.getBuiltinModule('node:module').createRequire(url);
  const file = findAddon(require, url);
  let addon: NativeAddon;
  try {
    const missing = missingBytes(file);
    if (missing > 0) throw new Error(`${file} is cut off: ${String(missing)} bytes are missing`);
    addon = require(file) as NativeAddon;
  } catch (cause) {
    throw unavailable(`the addon does not load: ${firstLine(cause)}`, cause);
  }
  if (addon.surfaceVersion !== SURFACE_VERSION) {
    throw unavailable(
      `the addon speaks surface ${String(addon.surfaceVersion)} and this version of custody ${SURFACE_VERSION}; rebuild or reinstall`,
    );
  }
  try {
    return { backend: new NativeBackend(addon), file };
  } catch (cause) {
    throw unavailable(`the engine cannot be made: ${firstLine(cause)}`, cause);
  }
}

/** A bundle in CommonJS has none, whatever the types say. */
function ownUrl(): string {
  const url: unknown = import.meta.url;
  if (typeof url !== 'string') throw unavailable(BUNDLED);
  return url;
}

function findAddon(require: NodeJS.Require, url: string): string {
  const named = process.env[FILE_VARIABLE];
  if (named !== undefined && named !== '') return named;
  const root = packageRoot(url);
  const nodeGypBuild = require('node-gyp-build') as { resolve(directory: string): string };
  try {
    return forOwnLibc(nodeGypBuild.resolve(root));
  } catch (cause) {
    throw unavailable(`there is no addon for ${process.platform}-${process.arch} in this installation`, cause);
  }
}

/** The folder of this package: its sources and its bundle lie at different depths below it. */
function packageRoot(url: string): string {
  const start = dirname(fileURLToPath(url));
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (fileSystem().existsSync(manifest) && isOurs(manifest)) return folder;
  }
  throw unavailable(BUNDLED);
}

function isOurs(manifest: string): boolean {
  return (JSON.parse(fileSystem().readFileSync(manifest, 'utf8')) as { name?: unknown }).name === 'custody';
}

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n', 1)[0] ?? '';
}

function unavailable(message: string, cause?: unknown): CustodyError {
  return new CustodyError('NATIVE_UNAVAILABLE', message, { operation: 'load', cause });
}
