// @ts-check
/**
 * The eight cases as data: what is run, what ends it, and what is asked afterwards.
 */

/** @typedef {import('./oracle.mjs').Payload} Payload */

/**
 * @typedef {object} Case
 * @property {string} id
 * @property {string} title
 * @property {(payload: Payload) => string} script Run as `lead -c <script>`.
 * @property {'exit' | 'timeout' | 'abort' | 'host'} ends What ends the command.
 * @property {'process-exit' | 'throw' | 'sigterm' | 'sigkill'} [hostEnd] With `ends: 'host'`: how the host goes.
 * @property {boolean} [mustName] The library has to name the process that was left behind.
 * @property {boolean} promised `false`: custody does not promise it in this version; shown as it is.
 */

/** Milliseconds after which a case is stopped, by timeout or AbortSignal. */
export const STOP_AFTER_MS = 500;

/** Milliseconds after the work was over or stopped at which a promise that has not settled counts as hanging. */
export const HANG_MS = 8_000;

/** Seconds a sleeper lives if nobody ends it: longer than any cell looks at it, short enough to be its own clean-up. */
const SLEEP_S = 20;

/** @type {readonly Case[]} */
export const cases = [
  {
    id: 'A',
    title: 'leader exits, grandchild holds stdout',
    script: (payload) => `${payload.worker} ${SLEEP_S} & echo hi`,
    ends: 'exit',
    mustName: true,
    promised: true,
  },
  {
    id: 'B',
    title: `timeout ${STOP_AFTER_MS} ms, work in a grandchild`,
    script: (payload) => `${payload.worker} ${SLEEP_S}; echo done`,
    ends: 'timeout',
    promised: true,
  },
  {
    id: 'C',
    title: 'child ignores SIGTERM',
    script: (payload) => `trap '' TERM; exec ${payload.worker} ${SLEEP_S}`,
    ends: 'timeout',
    promised: true,
  },
  {
    id: 'D',
    title: 'setsid descendant',
    script: (payload) =>
      `setsid ${payload.escapee} ${SLEEP_S} </dev/null >/dev/null 2>&1 & exec ${payload.worker} ${SLEEP_S}`,
    ends: 'timeout',
    promised: true,
  },
  {
    id: 'E',
    title: 'normal exit leaves a background job',
    script: (payload) => `${payload.worker} ${SLEEP_S} </dev/null >/dev/null 2>&1 & echo hi`,
    ends: 'exit',
    mustName: true,
    promised: true,
  },
  {
    id: 'F',
    title: 'AbortSignal',
    script: (payload) => `${payload.worker} ${SLEEP_S}; echo done`,
    ends: 'abort',
    promised: true,
  },
  ...hostCase('G1', 'host calls process.exit', 'process-exit', true),
  ...hostCase('G2', 'host throws', 'throw', true),
  ...hostCase('G3', 'host gets SIGTERM', 'sigterm', true),
  ...hostCase('H', 'host gets SIGKILL', 'sigkill', true),
];

/**
 * @param {string} id
 * @param {string} title
 * @param {NonNullable<Case['hostEnd']>} hostEnd
 * @param {boolean} promised
 * @returns {Case[]}
 */
function hostCase(id, title, hostEnd, promised) {
  const script = (/** @type {Payload} */ payload) => `${payload.worker} ${SLEEP_S}; echo done`;
  return [{ id, title, script, ends: 'host', hostEnd, promised }];
}
