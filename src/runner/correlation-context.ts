/**
 * Correlation ids that go with an asynchronous context, so that nobody has to pass them through.
 *
 * The context is made with the first use: runs of a host that never uses it do not look for one.
 */
import type { AsyncLocalStorage } from 'node:async_hooks';
import { asyncHooks } from '../backend/lazy-builtins.js';
import { readCorrelation } from '../core/read-correlation.js';
import { Issues } from '../core/validate.js';
import { correlate, NO_CORRELATION, type CorrelationIds, type CorrelationOption } from '../core/correlation.js';

let ambient: AsyncLocalStorage<CorrelationIds> | undefined;

/**
 * Calls `action`; every run that is asked for in it, or in what it starts asynchronously, carries `ids`, on top of those that
 * hold already.
 *
 * @throws `CommandValidationError` with code `VALIDATION_FAILED` for ids that are none.
 * @example
 * await withCorrelation({ sessionId: 's-1' }, async () => {
 *   const { correlationIds } = await run('git', ['status']);
 *   console.log(correlationIds.sessionId);
 * });
 */
export function withCorrelation<T>(ids: CorrelationOption, action: () => T): T {
  ambient ??= new (asyncHooks().AsyncLocalStorage)<CorrelationIds>();
  const issues = new Issues('');
  const checked = readCorrelation(ids, issues);
  issues.throwIfAny();
  return ambient.run(correlate(currentCorrelation(), checked), action);
}

/** The ids that hold here. */
export function currentCorrelation(): CorrelationIds {
  return ambient?.getStore() ?? NO_CORRELATION;
}
