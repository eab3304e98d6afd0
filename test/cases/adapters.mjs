// @ts-check
/**
 * One adapter per library: the same request, written the way the library's users write it.
 *
 * An adapter asks for nothing beyond what a case is about (a timeout, an AbortSignal); every other setting is the
 * library's default, because defaults are what the cases compare.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * @typedef {object} Wish
 * @property {number} [timeoutMs]
 * @property {AbortSignal} [signal]
 *
 * @typedef {object} Answer What a library says of a command that ended. Libraries without a receipt leave these out.
 * @property {readonly string[]} [named] Names of processes that the result holds responsible.
 * @property {string} [cleanup] The status of the receipt.
 *
 * @typedef {(file: string, args: readonly string[], wish: Wish) => Promise<Answer>} Adapter
 */

/** @type {Readonly<Record<string, { readonly title: string, readonly load: (moduleUrl?: string) => Promise<Adapter> }>>} */
export const adapters = {
  custody: { title: 'custody', load: () => custodyAdapter('require') },
  'custody-fallback': { title: 'custody fallback', load: () => custodyAdapter('off') },
  'exec-file': {
    title: 'node execFile',
    load:
      async () =>
      async (file, args, { timeoutMs, signal }) => {
        await promisify(execFile)(file, [...args], {
          ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
          ...(signal === undefined ? {} : { signal }),
        });
        return {};
      },
  },
  tinyexec: {
    title: 'tinyexec',
    load: async () => {
      const { x } = await import('tinyexec');
      return async (file, args, { timeoutMs, signal }) => {
        await x(file, [...args], {
          ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
          ...(signal === undefined ? {} : { signal }),
        });
        return {};
      };
    },
  },
  'nano-spawn': {
    title: 'nano-spawn',
    load: async () => {
      const { default: spawn } = await import('nano-spawn');
      return async (file, args, { timeoutMs, signal }) => {
        await spawn(file, [...args], {
          ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
          ...(signal === undefined ? {} : { signal }),
        });
        return {};
      };
    },
  },
  execa: { title: 'execa', load: (moduleUrl) => execaAdapter(moduleUrl, {}) },
  'execa-descendants': {
    title: 'execa + killDescendants',
    load: (moduleUrl) => execaAdapter(moduleUrl, { killDescendants: true }),
  },
  zx: {
    title: 'zx',
    load: async () => {
      const { $ } = await import('zx');
      return async (file, args, { timeoutMs, signal }) => {
        await $({
          ...(timeoutMs === undefined ? {} : { timeout: `${timeoutMs}ms` }),
          ...(signal === undefined ? {} : { signal }),
        })`${[file, ...args]}`;
        return {};
      };
    },
  },
};

/**
 * @param {'require' | 'off'} native
 * @returns {Promise<Adapter>}
 */
async function custodyAdapter(native) {
  const url = new URL('../../dist/index.js', import.meta.url).href;
  const { createRunner } = /** @type {any} */ (await import(url));
  const runner = createRunner({ native });
  return async (file, args, { timeoutMs, signal }) => {
    const result = await runner.run(file, args, {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (result.outcome.kind === 'not-started') throw result.outcome.error;
    const { cleanup, output } = result;
    const holders = [...cleanup.killed, ...cleanup.survivors, ...output.stdout.heldBy, ...output.stderr.heldBy];
    return { named: holders.map((holder) => holder.name), cleanup: cleanup.status };
  };
}

/**
 * @param {string | undefined} moduleUrl
 * @param {Readonly<Record<string, unknown>>} extra
 * @returns {Promise<Adapter>}
 */
async function execaAdapter(moduleUrl, extra) {
  const { execa } = /** @type {any} */ (await import(moduleUrl ?? 'execa'));
  return async (file, args, { timeoutMs, signal }) => {
    await execa(file, args, {
      ...extra,
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
    return {};
  };
}
