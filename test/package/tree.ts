/** Folders that package tests work in, and programs run in them with a limit and everything they printed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
const LIMIT_MS = 270_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. `environment` is added to the test's own. */
export function exec(
  cwd: string,
  file: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  limitMs: number = LIMIT_MS,
): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    const text = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (chunk: string) => (text[stream] += chunk));
    }
    child.on('error', fail);
    child.on('close', (code) => done({ code, ...text }));
  });
}

/** An empty folder outside of the repository, so that nothing of it is found by walking up. */
export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'custody-package-'));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
