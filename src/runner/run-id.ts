import { pid } from 'node:process';
import { threadId } from 'node:worker_threads';

const RADIX = 36;

/** A source of ids such as `exec-...`: unique among all runs of all hosts, and cheap, which random ones are not. */
export function createRunIds(): () => string {
  const random = Math.floor(Math.random() * RADIX ** 6).toString(RADIX);
  const prefix = `exec-${Date.now().toString(RADIX)}${random}-${pid.toString(RADIX)}.${threadId.toString(RADIX)}-`;
  let count = 0;
  return () => {
    count += 1;
    return prefix + count.toString(RADIX);
  };
}
