/**
 * Global set-up of the package tests: the tarball, as `npm pack` makes it from what the package lists in `files`.
 *
 * Its binaries are the prebuilds of this machine, brought up to date, or as they are where the tools for that cannot be had.
 * Where none have been made (that takes minutes), the local build takes their place: everything but the age of the C library
 * is then tested all the same. A line says so in both cases.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { exec, root } from './tree.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The packed package. */
    readonly tarball: string;
    /** `true`: the binaries are prebuilds; `false`: the local build in their place. */
    readonly hasPrebuilds: boolean;
  }
}

const platform = `${process.platform}-${process.arch}`;
const BUILD_LIMIT_MS = 600_000;

async function succeed(cwd: string, file: string, args: readonly string[]): Promise<string> {
  const ended = await exec(cwd, file, args, {}, BUILD_LIMIT_MS);
  if (ended.code !== 0) throw new Error(`${file} ${args.join(' ')} failed:\n${ended.stdout}${ended.stderr}`);
  return ended.stdout + ended.stderr;
}

/** Puts the binaries for this machine into a folder of prebuilds. @returns whether they are prebuilds. */
async function addBinaries(prebuilds: string): Promise<boolean> {
  if (existsSync(join(root, 'prebuilds', platform))) {
    const said = await succeed(root, process.execPath, ['scripts/prebuild.mjs', '--optional', '--target', platform]);
    const skipped = /^SKIPPED: .*$/mu.exec(said)?.[0];
    if (skipped !== undefined)
      console.warn(`NOT TESTED: prebuilds of the present sources; they are taken as they are (${skipped})`);
    cpSync(join(root, 'prebuilds', platform), join(prebuilds, platform), { recursive: true });
    return true;
  }
  console.warn('NOT TESTED: prebuilds; build/Release takes their place (npm run prebuild has not been run here)');
  const release = join(root, 'build', 'Release');
  cpSync(join(release, 'custody.node'), join(prebuilds, platform, 'custody.glibc.node'));
  cpSync(join(release, 'custody-guardian'), join(prebuilds, platform, 'custody-guardian'));
  return false;
}

/** Called by vitest once before a run. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'custody-packed-'));
  const staged = join(folder, 'custody');
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };
  mkdirSync(staged);
  for (const name of ['package.json', ...files.filter((name) => name !== 'prebuilds')]) {
    cpSync(join(root, name), join(staged, name), { recursive: true });
  }
  cpSync(join(root, 'prebuilds', 'README.md'), join(staged, 'prebuilds', 'README.md'));
  const hasPrebuilds = await addBinaries(join(staged, 'prebuilds'));
  await succeed(staged, 'npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  const { version } = JSON.parse(readFileSync(join(staged, 'package.json'), 'utf8')) as { version: string };
  project.provide('tarball', join(folder, `custody-${version}.tgz`));
  project.provide('hasPrebuilds', hasPrebuilds);
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}
