// @ts-check
/**
 * One sample in a process of its own: node sample.mjs <scenario> <driver> <parameters as JSON>
 *
 * Prints the metrics as JSON and ends by killing itself: a regular exit can deadlock in V8's worker shutdown under load.
 */
import { writeSync } from 'node:fs';
import { descendantsCpuMs } from './machine.mjs';

const [name = '', driver = '', parameters = '{}'] = process.argv.slice(2);
const { scenario } = await import(`./scenarios/${name}.mjs`);
const { load } = await import(`./drivers/${driver}.mjs`);
let answer;
try {
  const metrics = await scenario.sample(load, { ...JSON.parse(parameters), driver });
  answer = { metrics, leftMs: descendantsCpuMs() };
} catch (error) {
  answer = { error: String(/** @type {Error} */ (error).stack ?? error) };
}
writeSync(1, JSON.stringify(answer));
process.kill(process.pid, 'SIGKILL');
