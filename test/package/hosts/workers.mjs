/** Worker threads, at once and one after the other, beside the main thread. */
import { once } from 'node:events';
import { Worker, isMainThread } from 'node:worker_threads';
import { checkedRun } from './checked-run.mjs';

async function workerEnds() {
  const [code] = await once(new Worker(new URL(import.meta.url)), 'exit');
  if (code !== 0) throw new Error(`a worker ended with ${code}`);
}

if (isMainThread) {
  await Promise.all([workerEnds(), workerEnds(), checkedRun()]);
  await workerEnds();
  console.log('checked');
} else {
  await checkedRun();
}
