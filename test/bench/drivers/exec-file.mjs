// @ts-check
/** `util.promisify(child_process.execFile)`. */

/** @returns {Promise<import('./driver.d.ts').Driver>} */
export async function load() {
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const run = promisify(execFile);
  return { run: (file, args) => run(file, [...args]) };
}
