import type { Cleanup } from '../core/cleanup.js';
import type { CustodyError } from '../core/errors.js';
import { Deferred } from './deferred.js';
import type { AnyResult } from './run.js';

/** What has become of a run, and the promises of it, which are made when they are asked for. */
export class RunAnswers {
  #result: AnyResult | undefined;
  #failure: CustodyError | undefined;
  #cleanup: Cleanup | undefined;
  #whenResult: Deferred<AnyResult> | undefined;
  #whenCleanup: Deferred<Cleanup> | undefined;
  #whenSettled: Deferred<undefined> | undefined;

  /** `undefined` until the run has settled. */
  get result(): AnyResult | undefined {
    return this.#result;
  }

  /** What the caller wants thrown instead of the result. */
  get failure(): CustodyError | undefined {
    return this.#failure;
  }

  /** The receipt to which nothing will be added any more; `undefined` while there is none. */
  get cleanup(): Cleanup | undefined {
    return this.#cleanup;
  }

  whenResult(): Promise<AnyResult> {
    if (this.#whenResult === undefined) {
      this.#whenResult = new Deferred();
      this.#answer();
    }
    return this.#whenResult.promise;
  }

  whenCleanup(): Promise<Cleanup> {
    if (this.#whenCleanup === undefined) {
      this.#whenCleanup = new Deferred();
      if (this.#cleanup !== undefined) this.#whenCleanup.resolve(this.#cleanup);
    }
    return this.#whenCleanup.promise;
  }

  /** Resolves with the result, whatever its caller wants of it. */
  async whenSettled(): Promise<void> {
    if (this.#result !== undefined) return;
    this.#whenSettled ??= new Deferred();
    await this.#whenSettled.promise;
  }

  settle(result: AnyResult, failure: CustodyError | undefined): void {
    this.#result = result;
    this.#failure = failure;
    this.#answer();
    this.#whenSettled?.resolve(undefined);
  }

  cleanedUp(cleanup: Cleanup): void {
    this.#cleanup = cleanup;
    this.#whenCleanup?.resolve(cleanup);
  }

  #answer(): void {
    if (this.#result === undefined) return;
    this.#whenResult?.resolve(this.#failure === undefined ? this.#result : Promise.reject(this.#failure));
  }
}
