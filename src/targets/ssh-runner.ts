/**
 * Commands on another host, through the `ssh` of the system: the example of a target that is not ours.
 *
 * Arguments arrive as they are, through two shells. When the client is stopped the far end is asked to end the process group of the
 * command, and says whether that is empty; a process that left its group there is not seen, so no receipt is better than
 * `confirmed-group-only`.
 */
import { randomUUID } from 'node:crypto';
import { CommandValidationError, CustodyError, WorkingDirectoryError } from '../core/errors.js';
import type { Invocation } from '../core/invocation.js';
import type { Outcome } from '../core/outcome.js';
import { NO_LIMITS } from '../core/resource-limits.js';
import type { CommandSpec } from '../core/run-options.js';
import type { RunResult } from '../core/run-result.js';
import { isText, Issues } from '../core/validate.js';
import type { Runner } from '../runner/runner.js';
import { quoteWords } from './posix-words.js';
import { endingLine, NO_DIRECTORY, NO_MARK, remoteLine } from './remote-script.js';
import { translatedRunner, type FarEnd, type Translation } from './translated-runner.js';

type AnyResult = RunResult<string | Uint8Array>;

/** Options of {@link sshRunner}. */
export interface SshOptions {
  /** As ssh takes it: `host`, `user@host`, or a name of its configuration. */
  readonly host: string;
  /** The client. @defaultValue `'ssh'` */
  readonly client?: string | undefined;
  /** Arguments for the client, such as `['-p', '2222', '-i', 'key']`. */
  readonly clientArgs?: readonly string[] | undefined;
  /** Milliseconds that ending a command at the far end may take. @defaultValue `15_000` */
  readonly endingMs?: number | undefined;
}

const ENDING_MS = 15_000;
/** What ssh exits with when it fails itself; a command may end with it as well. */
const CLIENT_FAILED = 255;

/** Nobody is asked, and a connection that is dead is noticed. */
const OWN_ARGS = [
  '-T',
  '-o',
  'BatchMode=yes',
  '-o',
  'ConnectTimeout=10',
  '-o',
  'ServerAliveInterval=5',
  '-o',
  'ServerAliveCountMax=3',
];

/** What ssh says of itself before a command runs. */
const REFUSED =
  /^(ssh: |ssh_|kex_|Host key verification failed|No ED25519 host key|.{0,200}Permission denied \(|Bad owner or permissions|Connection (closed|reset) by|Received disconnect|banner exchange)/m;
/** And when the connection ends under one. */
const LOST =
  /^(Connection to .{1,200} closed by remote host|client_loop: |Timeout, server .{1,200} not responding|Write failed)/m;

const utf8 = new TextDecoder();

/**
 * A runner whose commands run on another host with a POSIX shell. `local` runs the client: its deadlines, output and cleanup hold.
 *
 * @throws `CommandValidationError` with code `VALIDATION_FAILED`, naming every option that is wrong.
 */
export function sshRunner(local: Runner, options: SshOptions): Runner {
  const { host, client = 'ssh', clientArgs = [], endingMs = ENDING_MS } = options;
  const issues = new Issues('');
  // A host that begins with a dash would be an option.
  if (isText(host, 'host', issues) && host.startsWith('-')) issues.add('host', 'must not begin with -');
  isText(client, 'client', issues);
  if (!Array.isArray(clientArgs) || clientArgs.some((arg) => typeof arg !== 'string'))
    issues.add('clientArgs', 'must be an array of strings');
  issues.throwIfAny();
  const ssh = (line: string): CommandSpec => ({ file: client, args: [...OWN_ARGS, ...clientArgs, '--', host, line] });
  return translatedRunner(local, (invocation): Translation => {
    refuseWhatIsLost(invocation);
    const token = randomUUID();
    const { cwd, graceMs } = invocation;
    const line = remoteLine({ words: wordsOf(invocation), cwd, variables: variablesOf(invocation), graceMs, token });
    const isEnded = async (): Promise<boolean> => {
      const ending = await local.run(ssh(endingLine(token)), { timeoutMs: endingMs, nested: true });
      return ending.success;
    };
    return { command: ssh(line), finish: (result) => finish(result, host, isEnded), release: () => undefined };
  });
}

async function finish(result: AnyResult, host: string, isEnded: () => Promise<boolean>): Promise<FarEnd> {
  const { outcome } = result;
  if (outcome.kind === 'not-started') return { outcome: clientMissing(outcome) };
  if (outcome.kind === 'exited') {
    const words = utf8.decode(result.bytes('stderr'));
    const isFailure = outcome.exitCode === CLIENT_FAILED;
    if (isFailure && (REFUSED.test(words) || words.includes(NO_MARK)))
      return { outcome: { kind: 'not-started', error: unavailable('ssh-connect', lastLine(words)) } };
    if (outcome.exitCode === NO_DIRECTORY && words.includes('cd: '))
      return {
        outcome: {
          kind: 'not-started',
          error: new WorkingDirectoryError('working directory not found on the host', { operation: 'chdir' }),
        },
      };
    if (!isFailure || !LOST.test(words)) return { cleanup: 'confirmed-group-only' };
    const lost: Outcome = { kind: 'lost', error: unavailable('ssh-connection', lastLine(words)) };
    return { outcome: lost, ...endOf(await isEnded(), host) };
  }
  return endOf(await isEnded(), host);
}

function endOf(isEnded: boolean, host: string): FarEnd {
  if (isEnded) return { cleanup: 'confirmed-group-only' };
  return { cleanup: 'unconfirmed', warnings: [`what the command started on ${host} may still be running`] };
}

function clientMissing(outcome: Extract<Outcome, { kind: 'not-started' }>): Outcome {
  const { error } = outcome;
  if (error.code !== 'COMMAND_NOT_FOUND' && error.code !== 'PERMISSION_DENIED') return outcome;
  return { ...outcome, error: unavailable('ssh-client', `the client cannot be run: ${error.message}`, error) };
}

function unavailable(operation: string, message: string, cause?: unknown): CustodyError {
  return new CustodyError('TARGET_UNAVAILABLE', message, { operation, cause });
}

function lastLine(words: string): string {
  return (words.trimEnd().split('\n').at(-1) ?? '').slice(0, 300);
}

/** What would not reach the far end is refused, not left out. */
function refuseWhatIsLost({ secretLayers, limits, network }: Readonly<Invocation>): void {
  const issues = new Issues('');
  if (secretLayers.length > 0)
    issues.add('secrets', 'cannot be given through ssh: they would stand in the arguments of a process there');
  if (limits !== NO_LIMITS) issues.add('limits', 'cannot be held on another host');
  if (network === 'none') issues.add('network', "cannot be 'none' on another host");
  issues.throwIfAny();
}

function wordsOf({ file, args, shell }: Readonly<Invocation>): readonly string[] {
  if (shell === undefined) return [file, ...args];
  const name = shell === true ? 'sh' : shell;
  if (!/^(\/[\w./-]+\/)?(sh|bash|dash|ash|ksh|zsh)$/.test(name))
    throw new CommandValidationError([{ property: 'shell', message: 'must be sh, bash or another POSIX shell' }]);
  return [name, '-c', args.length === 0 ? file : `${file} ${quoteWords(args)}`];
}

function variablesOf({ envLayers }: Readonly<Invocation>): readonly (readonly [string, string])[] {
  const values = new Map<string, string>();
  const issues = new Issues('');
  for (const { set, unset } of envLayers) {
    for (const name of unset) values.delete(name);
    for (const [name, value] of set) values.set(name, value);
  }
  for (const name of values.keys()) {
    if (!/^[A-Za-z_]\w*$/.test(name)) issues.add(`env.${name}`, 'is no name that a shell can set');
  }
  issues.throwIfAny();
  return [...values];
}
