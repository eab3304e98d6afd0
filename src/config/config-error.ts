import { CustodyError } from '../core/errors.js';

/** One thing wrong with a configuration. */
export interface ConfigProblem {
  /** The file as it may be shown: relative to the working directory. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** The key, such as `environment.mode`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A configuration cannot be used. Its message names every problem, a line for each. */
export class ConfigError extends CustodyError {
  override readonly name = 'ConfigError';
  /** Everything that is wrong, in the order of the file. */
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], cause?: unknown) {
    super('VALIDATION_FAILED', problems.map(spell).join('\n'), { operation: 'configure', cause });
    this.problems = Object.freeze([...problems]);
  }
}

function spell({ file, line, column, path, message }: ConfigProblem): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  return `${place}: ${path === '' ? '' : `${path} `}${message}`;
}
