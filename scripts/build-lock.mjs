/**
 * One lock file between processes that build in the same tree: two `npx custody` in a fresh clone must not both run the
 * linker. The file holds the pid of its owner; a lock whose owner is dead is broken.
 *
 * Breaking is itself exclusive: whoever creates `<lock>.break.<owner>` may remove the lock, after reading once more that
 * it still belongs to that owner. Without this, a slow breaker could remove the fresh lock of a faster one.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;
/** A lock without a readable owner is being written, or its writer died in between: after this long it counts as dead. */
const UNREADABLE_MS = 5_000;

/**
 * Runs `work` while holding the lock at `path`.
 *
 * @template T
 * @param {string} path
 * @param {number} limitMs how long to wait for another owner before giving up with an error
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, limitMs, work) {
  const owner = `${process.pid} ${randomUUID()}`;
  mkdirSync(dirname(path), { recursive: true });
  const giveUpAt = Date.now() + limitMs;
  while (!create(path, owner)) {
    if (breakIfStale(path)) continue;
    if (Date.now() > giveUpAt) throw new Error(`another build holds ${path}`);
    await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    if (read(path) === owner) rmSync(path, { force: true });
  }
}

function create(path, content) {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @returns {boolean} whether it is worth trying to take the lock at once */
function breakIfStale(path) {
  const content = read(path);
  if (content === undefined) return true;
  if (!isStale(path, content)) return false;
  const breaker = `${path}.break.${content.split(' ')[1] ?? 'unreadable'}`;
  if (!create(breaker, String(process.pid))) {
    // Someone else is breaking it. A breaker that died on the way is removed once it is old.
    if (ageMs(breaker) > UNREADABLE_MS) rmSync(breaker, { force: true });
    return false;
  }
  try {
    if (read(path) === content) rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(breaker, { force: true });
  }
}

function isStale(path, content) {
  const pid = Number.parseInt(content, 10);
  if (!(pid > 0)) return ageMs(path) > UNREADABLE_MS;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function ageMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}
