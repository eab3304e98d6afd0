// @ts-check
/** The native backend without the facade: what the engine and its binding cost by themselves. */

import { looksUntil } from '../scenarios/measures.mjs';

const READ_BYTES = 65_536;
/** Shared: every read is decoded before the next. */
const readBuffer = new Uint8Array(READ_BYTES);
const decoder = new TextDecoder();

/** @typedef {import('../../../src/backend/backend.js').Backend} Backend */
/** @typedef {import('../../../src/backend/backend.js').SettledFacts} SettledFacts */

/** @returns {Promise<import('./driver.d.ts').Driver>} */
export async function load() {
  const url = new URL('../../../build/bench/engine-entry.js', import.meta.url).href;
  const { createBackend } = /** @type {{ createBackend: () => Backend }} */ (await import(url));
  const backend = createBackend();
  return {
    run: (file, args) => new Launch(backend).run(specOf(file, args)),
    runSync(file, args) {
      const launch = new Launch(backend);
      launch.releaseAfter(backend.launchSync(specOf(file, args), launch, false));
    },
    async runWithTimeout(file, args, timeoutMs) {
      const launch = new Launch(backend);
      const settled = launch.start({ ...specOf(file, args), timeoutMs });
      await settled;
      const text = launch.take();
      backend.release(launch.id);
      return text;
    },
    async eachLine(file, args, onText) {
      const launch = new Launch(backend);
      launch.onOutput = () => onText(launch.take());
      const settled = launch.start(specOf(file, args));
      backend.watch(launch.id, 'stdout', 'block');
      await settled;
      const rest = launch.take();
      if (rest.length > 0) onText(rest);
      backend.release(launch.id);
    },
    startPolled(file, args) {
      const launch = new Launch(backend);
      const finished = launch.start(specOf(file, args)).then(() => backend.release(launch.id));
      return { take: () => launch.take(), finished };
    },
    async drain(file, args, keepBytes) {
      const facts = await new Launch(backend).run({ ...specOf(file, args), ringBytes: keepBytes });
      return facts.stdout.totalBytes;
    },
    async startWaiting(file, args) {
      const launch = new Launch(backend);
      const settled = launch.start(specOf(file, args));
      await looksUntil(() => backend.snapshot(launch.id).pid !== undefined);
      return async () => {
        backend.stop(launch.id, 'cancelled', 0);
        await settled;
        backend.release(launch.id);
      };
    },
  };
}

/** One launch and its listener. */
class Launch {
  /** @param {Backend} backend */
  constructor(backend) {
    this.backend = backend;
    this.id = 0;
    this.cursor = 0;
    /** @type {SettledFacts | undefined} */
    this.facts = undefined;
    /** @type {((facts: SettledFacts) => void) | undefined} */
    this.resolve = undefined;
    /** @type {(() => void) | undefined} */
    this.onOutput = undefined;
  }

  /**
   * @param {import('../../../src/backend/backend.js').LaunchSpec} spec
   * @returns {Promise<SettledFacts>}
   */
  start(spec) {
    this.id = this.backend.launch(spec, this);
    return new Promise((resolve) => (this.resolve = resolve));
  }

  /** @param {import('../../../src/backend/backend.js').LaunchSpec} spec */
  async run(spec) {
    const facts = await this.start(spec);
    this.releaseAfter(this.id);
    return facts;
  }

  /** @param {number} id */
  releaseAfter(id) {
    this.backend.release(id);
    const status = this.facts?.status;
    if (status === null || status === undefined || !('code' in status) || status.code !== 0) {
      throw new Error(`unexpected end: ${JSON.stringify(this.facts)}`);
    }
  }

  /** @returns {string} The output that has come since the last call. */
  take() {
    const { count, next } = this.backend.readOutput(this.id, 'stdout', this.cursor, readBuffer);
    this.cursor = next;
    if (count > 0) this.backend.acknowledge(this.id, 'stdout', next);
    return count === 0 ? '' : decoder.decode(readBuffer.subarray(0, count));
  }

  started() {}
  output() {
    this.onOutput?.();
  }
  stdinWritable() {}
  suspended() {}
  cleanedUp() {}

  /** @param {SettledFacts} facts */
  settled(facts) {
    this.facts = facts;
    this.resolve?.(facts);
  }
}

/**
 * The facade's defaults.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {import('../../../src/backend/backend.js').LaunchSpec}
 */
function specOf(file, args) {
  return {
    file,
    args,
    isVerbatim: false,
    cwd: undefined,
    environment: hostEnvironment,
    stdin: { kind: 'ignore' },
    uid: undefined,
    gid: undefined,
    stdout: 'capture',
    stderr: 'capture',
    containment: 'group',
    containmentRequired: false,
    stragglers: 'kill',
    limits: {},
    strictLimits: false,
    ringBytes: 2 ** 20,
    headBytes: 2 ** 18,
    outputLimitBytes: 0,
    timeoutMs: 300_000,
    idleTimeoutMs: 0,
    graceMs: 2_000,
    drainMs: 500,
    stragglerGraceMs: 100,
    holdsOutput: false,
    cleanupBudgetMs: 2_000,
  };
}

const hostEnvironment = /** @type {const} */ ({ base: 'host', set: [], unset: [] });
