// @ts-check
/** @returns {Promise<import('./driver.d.ts').Driver>} */
export async function load() {
  const { x } = await import('tinyexec');
  return { run: async (file, args) => await x(file, [...args]) };
}
