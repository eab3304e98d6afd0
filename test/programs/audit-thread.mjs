/**
 * A process whose audit store writes by its thread, and which then asks something of it: `audit-thread.mjs MODULE FILE ASK`. What goes
 * wrong in the thread is the business of `audit-faults.mjs`. Prints how many records it took, and what the store says of itself.
 */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [moduleUrl, file, ask] = process.argv.slice(2);
const { openAuditStore } = await import(moduleUrl);
const store = openAuditStore({ file, onFailure: 'fail-closed', onProblem: () => undefined });
let count = 0;
const append = (more) => {
  for (let index = 0; index < more; index += 1, count += 1) {
    store.append({ version: 1, eventType: 'command_cleanup', executionId: `thread-${count}` });
  }
};
while (store.health().writes !== 'thread') {
  append(60);
  await store.flush();
  await sleep(5);
}
append(300);
process.once('exit', () => process.stdout.write(JSON.stringify({ count, health: store.health() })));
const ASKED = {
  flush: () => store.flush(),
  flushSync: () => store.flushSync(),
  close: () => store.close(),
  find: () => store.find(),
  exit: () => process.exit(),
};

while (!existsSync(`${file}.held`)) await sleep(5);
append(10);
await ASKED[ask]();
