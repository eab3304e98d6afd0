// @ts-check
/** What the import costs, and the first command of a process (P18). */

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'start-up',
  title: 'Import and first command',
  columns: [
    ['importMs', 'import, ms'],
    ['firstMs', 'first command, ms'],
  ],
  rounds: { quick: 3, full: 10 },

  cells({ quick, programs, drivers }) {
    const names = ['empty', 'custody', 'child-process', ...(quick ? [] : ['execa', 'tinyexec', 'nano-spawn'])];
    return [
      {
        label: 'cold',
        parameters: { file: programs.dynamicTrue },
        variants: names.filter((name) => drivers.includes(name)).map((driver) => ({ label: driver, driver })),
      },
    ];
  },

  async sample(load, { file, driver: name }) {
    const begin = performance.now();
    const driver = await load();
    const importMs = performance.now() - begin;
    if (name === 'empty') return { importMs };
    const called = performance.now();
    await driver.run(file, []);
    return { importMs, firstMs: performance.now() - called };
  },
};
