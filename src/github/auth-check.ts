/**
 * Whether `gh` is there and somebody is logged in: asked once, with the first call, by one command that all first calls share.
 *
 * A yes is remembered until `gh` refuses a command for want of a login. A no is given to everybody who waits for it and then
 * forgotten, so that the next call after `gh auth login` works.
 */
import { reasonText } from '../core/reason.js';
import { GitHubAuthError, GitHubError } from './errors.js';
import type { GhClient, GhCommand } from './gh-client.js';
import { hostOf } from './gh-environment.js';
import type { CallOptions } from './options.js';

/** What `gh auth status` says of each host that works, in every version. */
const LOGGED_IN = /\bLogged in to\b/;

export class AuthCheck {
  readonly #client: GhClient;
  #check: Promise<void> | undefined;

  constructor(client: GhClient) {
    this.#client = client;
  }

  /**
   * Resolves if commands can be expected to work.
   *
   * @throws {@link GitHubCLINotFoundError}, {@link GitHubAuthError}, or {@link GitHubError} where it could not be found out.
   */
  async passed({ signal, budget }: CallOptions): Promise<void> {
    // The command itself tells of a call that came too late.
    if (budget?.isSpent === true || signal?.aborted === true) return;
    this.#check ??= this.#ask();
    const limit = budget === undefined ? undefined : AbortSignal.timeout(Math.ceil(budget.remainingMs));
    const signals = [signal, limit].filter((given) => given !== undefined);
    await (signals.length === 0 ? this.#check : untilAborted(this.#check, AbortSignal.any(signals)));
  }

  /** Does `work` and forgets the yes if `gh` says meanwhile that nobody is logged in. */
  async watch<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof GitHubAuthError) this.#check = undefined;
      throw error;
    }
  }

  async #ask(): Promise<void> {
    try {
      await this.#askOnce();
    } catch (error) {
      this.#check = undefined;
      throw error;
    }
  }

  async #askOnce(): Promise<void> {
    const host = hostOf(this.#client.plan);
    const command: GhCommand = { name: ['auth', 'status'], args: host === undefined ? [] : [`--hostname=${host}`] };
    const result = await this.#client.run(command);
    // It fails if any of several hosts does. One that works may be the one that is wanted; the command will tell.
    if (result.success || LOGGED_IN.test(result.stdout) || LOGGED_IN.test(result.stderr)) return;
    const error = this.#client.errorOf(command, result);
    const { failure, operation, exitCode, rawOutput } = error;
    // Whatever it says, this is what its exit code means, unless it could not ask or was ended.
    const isRefusal = result.outcome.kind === 'exited' && failure?.category !== 'network';
    throw isRefusal ? new GitHubAuthError({ failure, operation, exitCode, rawOutput }) : error;
  }
}

/** The work as long as the signal lets one wait; the work itself goes on. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let aborted: (() => void) | undefined;
  const abortion = new Promise<never>((_resolve, reject) => {
    aborted = () => {
      reject(cancelled(signal));
    };
    signal.addEventListener('abort', aborted, { once: true });
  });
  try {
    await Promise.race([work, abortion]);
  } finally {
    if (aborted !== undefined) signal.removeEventListener('abort', aborted);
  }
}

function cancelled(signal: AbortSignal): GitHubError {
  const isTimeout = (signal.reason as Error | undefined)?.name === 'TimeoutError';
  const details = { operation: 'auth status', failure: null, exitCode: -1, rawOutput: '' };
  return new GitHubError(isTimeout ? 'TIMEOUT' : 'CANCELLED', `gh auth status: ${reasonText(signal.reason)}`, details);
}
