/**
 * Tells whether an executable is there, by looking at files: nothing is started. Answers are kept, and one question takes a second
 * at most (a look that the system itself does not end cannot be cut short).
 */

/** Milliseconds that one question may take. */
export const LOOKUP_LIMIT_MS = 1000;

/** What the locator needs of its host. */
export interface LocatorHost {
  /** Where `candidate` could be: itself if it is a path, else one file for each folder that is searched. */
  filesFor(candidate: string): readonly string[];
  isExecutable(file: string): boolean;
  /** Monotonic milliseconds. */
  now(): number;
}

export class ShellLocator {
  readonly #host: LocatorHost;
  readonly #answers = new Map<string, boolean>();

  constructor(host: LocatorHost) {
    this.#host = host;
  }

  /** Whether `candidate` can be executed. What was not found in time counts as missing, for this time. */
  has(candidate: string): boolean {
    const known = this.#answers.get(candidate);
    if (known !== undefined) return known;
    const end = this.#host.now() + LOOKUP_LIMIT_MS;
    for (const file of this.#host.filesFor(candidate)) {
      if (this.#host.now() > end) return false;
      if (this.#host.isExecutable(file)) return this.#remember(candidate, true);
    }
    return this.#remember(candidate, false);
  }

  /** The first that is there; the first of all if none is, so that the launch says what is missing. */
  best(candidates: readonly string[]): string {
    const [first = ''] = candidates;
    return candidates.find((candidate) => this.has(candidate)) ?? first;
  }

  #remember(candidate: string, answer: boolean): boolean {
    this.#answers.set(candidate, answer);
    return answer;
  }
}
