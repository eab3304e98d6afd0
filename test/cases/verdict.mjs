// @ts-check
/**
 * What an observation means: one short text for the table, and whether it is what custody promises.
 */

/** Milliseconds. A command whose leader has exited settles within this; a hang is seconds away, a loaded machine is not. */
const PROMPT_MS = 1_000;

/**
 * @typedef {object} Verdict
 * @property {boolean} pass
 * @property {string} text
 *
 * @typedef {object} HostObservation
 * @property {boolean} started
 * @property {boolean} hostEnded
 * @property {readonly string[]} alive
 */

/**
 * @param {import('./case-list.mjs').Case} subject
 * @param {import('./cell.mjs').Observation} seen
 * @returns {Verdict}
 */
export function judge(subject, seen) {
  if (!seen.started) return { pass: false, text: `failed: ${seen.error ?? 'the command did not start'}` };
  const alive = seen.alive.length > 0;
  if (seen.settledMs === null) return { pass: false, text: alive && subject.id !== 'A' ? 'hang, lives' : 'hang' };
  const named = seen.named.includes('work');
  const facts = [
    alive ? 'lives' : 'dead',
    `${(seen.settledMs / 1_000).toFixed(2)} s`,
    ...(subject.mustName && named ? ['named'] : []),
    ...(seen.cleanup === null ? [] : [seen.cleanup]),
  ];
  const pass =
    !alive &&
    (subject.ends !== 'exit' || seen.settledMs < PROMPT_MS) &&
    (subject.mustName !== true || named) &&
    (seen.cleanup === null || seen.cleanup.startsWith('confirmed'));
  return { pass, text: facts.join(', ') };
}

/**
 * @param {HostObservation} seen
 * @returns {Verdict}
 */
export function judgeHost(seen) {
  if (!seen.started) return { pass: false, text: 'failed: the command did not start' };
  if (!seen.hostEnded) return { pass: false, text: 'the host does not end' };
  if (seen.alive.length === 0) return { pass: true, text: 'dead' };
  if (seen.alive.length > 1) return { pass: false, text: 'both live' };
  return { pass: false, text: seen.alive[0] === 'work' ? 'grandchild lives' : 'leader lives' };
}
