import { TimeBudget } from '../core/budget.js';
import { Issues, isInRange } from '../core/validate.js';
import { RUN_LIMITS } from '../policy/limits.js';
import { systemClock } from './system-clock.js';

/**
 * A budget of `totalMs` milliseconds, 1 to 86 400 000, that starts to run now. Each command it is given to gets the smaller of
 * its own timeout and what is left; with nothing left a command is not started and its result is a timeout.
 *
 * @throws {@link CommandValidationError} with code `VALIDATION_FAILED` for a number out of range.
 */
export function timeBudget(totalMs: number): TimeBudget {
  const issues = new Issues('');
  isInRange(totalMs, RUN_LIMITS.totalBudgetMs, 'totalMs', issues);
  issues.throwIfAny();
  return new TimeBudget(totalMs, systemClock);
}
