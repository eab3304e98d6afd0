/** Named pipes, which files of commands may turn out to be. POSIX only. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes a named pipe that nobody has open; returns its path. */
export function makeNamedPipe(directory: string): string {
  const path = join(directory, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}
