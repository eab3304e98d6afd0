import type { RunResult } from '../core/run-result.js';

/** Tells the category of a failure, a word of a small set, as `classifyResult` of `custody/failure` does; `null` for a success. */
export type Classify = (result: RunResult<string | Uint8Array>) => { readonly category: string } | null;
