/** A file of tests for vitest, with its functions as globals. */
import { checkedRun } from './checked-run.mjs';

globalThis.test('runs a command', checkedRun);
