import { workerThreads } from '../backend/lazy-builtins.js';

const RADIX = 36;

/** A source of ids such as `exec-...`: unique among all runs of all hosts, and cheap, which random ones are not. */
export function createRunIds(): () => string {
  let prefix: string | undefined;
  let count = 0;
  return () => {
    prefix ??= createPrefix();
    count += 1;
    return prefix + count.toString(RADIX);
  };
}

function createPrefix(): string {
  const random = Math.floor(Math.random() * RADIX ** 6).toString(RADIX);
  const { threadId } = workerThreads();
  return `exec-${Date.now().toString(RADIX)}${random}-${process.pid.toString(RADIX)}.${threadId.toString(RADIX)}-`;
}
