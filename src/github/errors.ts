/**
 * What `custody/github` throws: one base, and a class for each thing that a caller does something about.
 *
 * Messages hold no output. What `gh` wrote is in `rawOutput`: bounded, and without tokens.
 */
import type { ErrorCode } from '../core/error-codes.js';
import { CustodyError, type CustodyErrorDocument } from '../core/errors.js';
import type { Failure } from '../failure/failure.js';

/** Particulars of a {@link GitHubError}. */
export interface GitHubErrorDetails {
  /** The command of `gh`, such as `issue view`. */
  readonly operation: string;
  readonly failure: Failure | null;
  /** -1: there is none. */
  readonly exitCode: number;
  readonly rawOutput: string;
  readonly cause?: unknown;
}

/** A command of `gh` did not do what was asked of it. */
export class GitHubError extends CustodyError {
  override readonly name: string = 'GitHubError';
  /** What kind of failure it was and whether to try again; `null` where `gh` reported none. */
  readonly failure: Failure | null;
  readonly exitCode: number;
  /** What `gh` wrote, redacted, at most 8 192 characters of it. */
  readonly rawOutput: string;
  /** The pull request that was created before this went wrong: creating it again would make a second one. */
  readonly createdUrl: string | null;

  constructor(code: ErrorCode, message: string, details: GitHubErrorDetails, createdUrl: string | null = null) {
    super(code, message, details);
    this.failure = details.failure;
    this.exitCode = details.exitCode;
    this.rawOutput = details.rawOutput;
    this.createdUrl = createdUrl;
  }

  /** The error as plain data; the output stays behind. */
  override toJSON(): CustodyErrorDocument & { readonly category: string | null; readonly subcode: string | null } {
    return {
      ...super.toJSON(),
      category: this.failure?.category ?? null,
      subcode: this.failure?.subcode ?? null,
    };
  }
}

/** How `gh` is installed, by value of `process.platform`. */
export const GH_INSTALL_HELP = Object.freeze({
  darwin: 'brew install gh',
  linux:
    'Debian, Ubuntu: apt install gh; Fedora: dnf install gh; Arch: pacman -S github-cli; Alpine: apk add github-cli',
  win32: 'winget install --id GitHub.cli',
  other: 'see https://cli.github.com',
});

/** The GitHub CLI is not installed, or not in the `PATH` of the command. */
export class GitHubCLINotFoundError extends GitHubError {
  override readonly name = 'GitHubCLINotFoundError';
  /** How to install it, by platform. */
  readonly installHelp = GH_INSTALL_HELP;

  constructor(executable: string, details: GitHubErrorDetails) {
    const { darwin, win32, other } = GH_INSTALL_HELP;
    const help = `on macOS \`${darwin}\`, on Windows \`${win32}\`, on Linux the package gh or github-cli; ${other}`;
    super('COMMAND_NOT_FOUND', `'${executable}' is not installed or not in PATH: ${help}`, details);
  }
}

/** Nobody is logged in, or the token is not accepted. */
export class GitHubAuthError extends GitHubError {
  override readonly name = 'GitHubAuthError';

  constructor(details: GitHubErrorDetails) {
    const hint = 'run `gh auth login`, or give a token by the option `token` or by GH_TOKEN';
    super('NON_ZERO_EXIT', `gh is not logged in, or its token is not accepted: ${hint}`, details);
  }
}

/** `gh` succeeded and wrote something other than the JSON that was asked for. */
export class GitHubOutputError extends GitHubError {
  override readonly name = 'GitHubOutputError';
  /** What is wrong with it, as sentences that begin with the place. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], details: GitHubErrorDetails) {
    const what = problems[0] ?? 'it is no JSON';
    super('MALFORMED_OUTPUT', `gh ${details.operation} wrote something unexpected: ${what}`, details);
    this.problems = problems;
  }
}
