/**
 * Takes the addon for musl where node-gyp-build, which knows Alpine alone, took that for glibc. At best musl refuses the wrong one: it
 * takes the names of glibc's libraries for its own, and only a symbol that it lacks tells the difference.
 */
import { fileSystem } from '../lazy-builtins.js';

const MUSL_MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** The file of this process's own libc beside one for glibc; any other file as it is. */
export function forOwnLibc(file: string): string {
  if (!file.endsWith('.glibc.node') || process.env['LIBC'] !== undefined || !runsOnMusl()) return file;
  return file.replace(/\.glibc\.node$/, '.musl.node');
}

/** A machine may have both: what counts is the loader that this process was started with, which its own memory map names. */
function runsOnMusl(): boolean {
  const { existsSync, readFileSync, realpathSync } = fileSystem();
  const loader = `/lib/ld-musl-${MUSL_MACHINES[process.arch] ?? process.arch}.so.1`;
  return existsSync(loader) && readFileSync('/proc/self/maps', 'latin1').includes(realpathSync(loader));
}
