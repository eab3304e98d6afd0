// @ts-check
/** @returns {Promise<import('./driver.d.ts').Driver>} */
export async function load() {
  const { execa } = await import('execa');
  return { run: (file, args) => execa(file, args, { stdin: 'ignore' }) };
}
