// @ts-check
/** `Deno.Command`. */

/** @returns {Promise<import('./driver.d.ts').Driver>} */
export async function load() {
  const { Deno } = /** @type {any} */ (globalThis);
  const piped = { stdin: 'null', stdout: 'piped', stderr: 'piped' };
  return {
    run: (file, args) => new Deno.Command(file, { args, ...piped }).output(),
    runSync(file, args) {
      const { code } = new Deno.Command(file, { args, ...piped }).outputSync();
      if (code !== 0) throw new Error(`status ${code}`);
    },
  };
}
