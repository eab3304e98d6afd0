/**
 * When an exit code is the client's and not the command's: 125 for what the engine could not do, 126 and 127 for a command that it could
 * not start. A command may end with each of them, so the client's own words have to be there as well.
 */
import { CustodyError } from '../core/errors.js';
import type { RunResult } from '../core/run-result.js';

const utf8 = new TextDecoder();

const ENGINE_FAILED = 125;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/** Beginnings of the lines in which clients and runtimes speak for themselves. */
const CLIENT = /^(docker: |Error: |Error response from daemon|Cannot connect to |error during connect|time=)/m;
/** And in which the runtime below them says that it could not make the container. */
const RUNTIME = /^(docker: |Error: ).{0,300}(OCI |crun: |runc )/m;
const NO_DAEMON =
  /cannot connect to the docker daemon|is the docker daemon running|error during connect|connection refused|dial unix|unable to connect to podman/i;
const NO_IMAGE =
  /unable to find image|no such image|pull access denied|manifest unknown|manifest for .{1,200} not found|repository does not exist|initializing source|short-name|image not known|invalid reference format/i;
const LOGIN = /unauthorized|authentication required|denied: /i;

/** The error of a command that the engine did not start; `undefined`: it ran, or the client was stopped. `isMade`: a container was created. */
export function clientError(result: RunResult<string | Uint8Array>, isMade: boolean): CustodyError | undefined {
  const { outcome } = result;
  if (outcome.kind === 'not-started') {
    const { error } = outcome;
    if (error.code !== 'COMMAND_NOT_FOUND' && error.code !== 'PERMISSION_DENIED') return undefined;
    return unavailable('docker-client', `the client cannot be run: ${error.message}`, error);
  }
  if (outcome.kind !== 'exited') return undefined;
  const { exitCode } = outcome;
  const words = utf8.decode(result.bytes('stderr'));
  if (!CLIENT.test(words))
    return exitCode === ENGINE_FAILED && !isMade ? unavailable('docker-create', lastLine(words)) : undefined;
  if (exitCode === ENGINE_FAILED) return engineError(words);
  const details = { operation: 'exec', errno: exitCode === NOT_FOUND ? 'ENOENT' : 'EACCES' };
  if (exitCode === NOT_FOUND && /exec.{0,300}(not found|no such file)/i.test(words))
    return new CustodyError('COMMAND_NOT_FOUND', 'command not found in the container', {
      ...details,
      missing: 'executable',
    });
  if (exitCode === NOT_EXECUTABLE && /exec.{0,300}permission denied|is a directory|exec format/i.test(words))
    return new CustodyError('PERMISSION_DENIED', 'the file cannot be executed in the container', details);
  const isRuntime = (exitCode === NOT_FOUND || exitCode === NOT_EXECUTABLE) && RUNTIME.test(words);
  return isRuntime ? unavailable('docker-create', lastLine(words)) : undefined;
}

function engineError(words: string): CustodyError {
  if (NO_DAEMON.test(words)) return unavailable('docker-daemon', lastLine(words));
  if (NO_IMAGE.test(words)) return unavailable('docker-image', lastLine(words));
  if (LOGIN.test(words)) return unavailable('docker-login', lastLine(words));
  return unavailable('docker-create', lastLine(words));
}

function unavailable(operation: string, message: string, cause?: unknown): CustodyError {
  return new CustodyError('TARGET_UNAVAILABLE', message, { operation, cause });
}

/** The last line in which the client speaks, without its advice to read the help. */
function lastLine(words: string): string {
  const lines = words.split('\n').filter((line) => line.trim() !== '' && !line.includes('--help'));
  const found = lines.findLast((line) => CLIENT.test(line)) ?? lines.at(-1) ?? 'the engine could not run a container';
  return found.slice(0, 300);
}
