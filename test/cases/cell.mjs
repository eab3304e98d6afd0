// @ts-check
/**
 * One cell of the table, in a process of its own: one library, one case. It writes what it saw to the payload's report.
 *
 * Usage: node cell.mjs <adapter> <case> <payload folder> [module url]
 */
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { adapters } from './adapters.mjs';
import { HANG_MS, STOP_AFTER_MS, cases } from './case-list.mjs';
import { Payload } from './oracle.mjs';

/** Milliseconds the kernel gets to take away what was killed before the settled promise. */
const TAKE_AWAY_MS = 1_000;
const START_LIMIT_MS = 5_000;

/**
 * @typedef {object} Observation
 * @property {boolean} started The command ran at all.
 * @property {number | null} settledMs From the start, or from the stop if there was one; `null`: hanging.
 * @property {readonly string[]} alive Which of the payload's programs live after that.
 * @property {readonly string[]} named
 * @property {string | null} cleanup
 * @property {string | null} error
 */

const [adapterName = '', caseId = '', folder = '', moduleUrl] = process.argv.slice(2);
const adapter = adapters[adapterName];
const subject = cases.find((candidate) => candidate.id === caseId);
if (adapter === undefined || subject === undefined) throw new Error(`no cell ${adapterName} ${caseId}`);
const payload = new Payload(folder);
const run = await adapter.load(moduleUrl);
const args = ['-c', `: > ${payload.marker}; ${subject.script(payload)}`];

if (subject.ends === 'host') {
  run(payload.leader, args, {}).catch(() => undefined);
  if (await payload.waitUntil((alive) => alive.some(({ name }) => name === 'work'), START_LIMIT_MS)) endHost();
} else {
  writeFileSync(payload.report, JSON.stringify(await observe(subject.ends)));
  // What a library does when its host ends belongs to the cases G and H, not to this one.
  process.kill(process.pid, 'SIGKILL');
}

/**
 * @param {'exit' | 'timeout' | 'abort'} ends
 * @returns {Promise<Observation>}
 */
async function observe(ends) {
  const controller = new AbortController();
  const stopMs = ends === 'exit' ? 0 : STOP_AFTER_MS;
  const startedAt = performance.now();
  if (ends === 'abort') setTimeout(() => controller.abort(), STOP_AFTER_MS);
  const answered = run(payload.leader, args, {
    ...(ends === 'timeout' ? { timeoutMs: STOP_AFTER_MS } : {}),
    ...(ends === 'abort' ? { signal: controller.signal } : {}),
  }).then(
    (answer) => ({ answer, error: null, settledMs: performance.now() - startedAt - stopMs }),
    (error) => ({ answer: {}, error: String(error).slice(0, 200), settledMs: performance.now() - startedAt - stopMs }),
  );
  const hanging = delay(stopMs + HANG_MS, { answer: {}, error: null, settledMs: null });
  const { answer, error, settledMs } = await Promise.race([answered, hanging]);
  if (settledMs !== null) await payload.waitUntil((alive) => alive.length === 0, TAKE_AWAY_MS);
  return {
    started: existsSync(payload.marker),
    settledMs,
    alive: payload.alive().map(({ name }) => name),
    named: /** @type {import('./adapters.mjs').Answer} */ (answer).named ?? [],
    cleanup: /** @type {import('./adapters.mjs').Answer} */ (answer).cleanup ?? null,
    error,
  };
}

function endHost() {
  switch (subject?.hostEnd) {
    case 'process-exit':
      return process.exit(0);
    case 'throw':
      setImmediate(() => {
        throw new Error('the host throws');
      });
      return;
    case 'sigterm':
      return void process.kill(process.pid, 'SIGTERM');
    case 'sigkill':
      return void process.kill(process.pid, 'SIGKILL');
    case undefined:
      throw new Error('a host case without an end');
  }
}
