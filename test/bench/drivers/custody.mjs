// @ts-check
/** custody as its users have it: the built package, its defaults, the native engine. */
import { looksUntil } from '../scenarios/measures.mjs';

/** What observers and handlers saw, so that they do something. */
let seen = 0;

const COUNTING_OBSERVER = {
  launched: () => void (seen += 1),
  started: () => void (seen += 1),
  settled: () => void (seen += 1),
};

const SECRET = { secrets: { BENCH_TOKEN: 'correct-horse-battery' } };
const REDACTION = { redact: { values: ['correct-horse-battery'], patterns: ['corp-[a-z0-9]{8}'] } };
const LINE_HANDLER = { onLine: (/** @type {{ text: string }} */ { text }) => void (seen += text.length) };

/** @type {Readonly<Record<string, object>>} */
const OPTIONS_OF = {
  secret: SECRET,
  redaction: REDACTION,
  'line handler': LINE_HANDLER,
  all: { ...SECRET, ...REDACTION, ...LINE_HANDLER },
};

/** @returns {Promise<import('./driver.d.ts').Driver>} */
export function load() {
  return loadCustody({});
}

/**
 * @param {{ readonly containment?: string }} defaults
 * @returns {Promise<import('./driver.d.ts').Driver>}
 */
export async function loadCustody(defaults) {
  const url = new URL('../../../dist/index.js', import.meta.url).href;
  const { createRunner } = /** @type {any} */ (await import(url));
  const custody = createRunner({ native: 'require', defaults });
  const observed = createRunner({ native: 'require', defaults, observers: [COUNTING_OBSERVER] });
  return {
    run: (file, args) => custody.run(file, args).then(expectEnd),
    async runWith(layer, file, args) {
      const runner = layer === 'observer' || layer === 'all' ? observed : custody;
      if (layer !== 'lines') return expectEnd(await runner.run(file, args, OPTIONS_OF[layer]));
      const handle = runner.start(file, args);
      for await (const line of handle.lines()) seen += line.text.length;
      return expectEnd(await handle.result);
    },
    runSync: (file, args) => void expectEnd(custody.runSync(file, args)),
    runWithTimeout: async (file, args, timeoutMs) => (await custody.run(file, args, { timeoutMs })).stdout,
    async eachLine(file, args, onText) {
      for await (const line of custody.start(file, args).lines()) onText(line.text);
    },
    startPolled(file, args) {
      const handle = custody.start(file, args);
      const decoder = new TextDecoder();
      let cursor = 0;
      return {
        take() {
          const { bytes, next } = handle.read('stdout', cursor);
          cursor = next;
          return bytes.length === 0 ? '' : decoder.decode(bytes, { stream: true });
        },
        finished: handle.result,
      };
    },
    async drain(file, args, keepBytes) {
      const result = expectEnd(await custody.run(file, args, { maxOutputBytes: keepBytes }));
      return result.output.stdout.totalBytes;
    },
    async startWaiting(file, args) {
      const handle = custody.start(file, args);
      await looksUntil(() => handle.pid !== undefined);
      return () => {
        handle.kill();
        return handle.result;
      };
    },
  };
}

/** A command that did not run would be a very fast one. */
function expectEnd(/** @type {any} */ result) {
  if (result.outcome.kind !== 'exited' || result.exitCode !== 0 || result.backend !== 'native') {
    throw new Error(`unexpected outcome: ${JSON.stringify(result.outcome)} on ${result.backend}`);
  }
  return result;
}
