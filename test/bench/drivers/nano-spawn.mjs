// @ts-check
/** @returns {Promise<import('./driver.d.ts').Driver>} */
export async function load() {
  const { default: spawn } = await import('nano-spawn');
  return { run: async (file, args) => await spawn(file, [...args], { stdin: 'ignore' }) };
}
