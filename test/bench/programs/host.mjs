// @ts-check
/**
 * A host that is there to be killed: node host.mjs <driver> <count> <file> [args...]
 *
 * Starts the command so many times and waits; whether all are up is seen from outside.
 */
const [driver = '', count = '0', file = '', ...args] = process.argv.slice(2);
const { load } = await import(`../drivers/${driver}.mjs`);
const { startWaiting } = await load();
for (let i = 0; i < Number(count); i += 1) await startWaiting(file, args);
setTimeout(() => process.kill(process.pid, 'SIGKILL'), 60_000);
