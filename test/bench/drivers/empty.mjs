// @ts-check
/** Nothing: the import of an empty module, which any other import is compared with. */

/** @returns {Promise<import('./driver.d.ts').Driver>} */
export async function load() {
  await import('./nothing.mjs');
  return { run: () => Promise.reject(new Error('nothing runs nothing')) };
}
