/** The workers of node:cluster, beside their primary. */
import cluster from 'node:cluster';
import { once } from 'node:events';
import { checkedRun } from './checked-run.mjs';

async function workerEnds() {
  const [code] = await once(cluster.fork(), 'exit');
  if (code !== 0) throw new Error(`a worker ended with ${code}`);
}

if (cluster.isPrimary) {
  await Promise.all([workerEnds(), workerEnds(), checkedRun()]);
  console.log('checked');
} else {
  await checkedRun();
  process.disconnect();
}
