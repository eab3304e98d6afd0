/** A file of tests for `node --test`. */
import { test } from 'node:test';
import { checkedRun } from './checked-run.mjs';

test('runs a command', checkedRun);
