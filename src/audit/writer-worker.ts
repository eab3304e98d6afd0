/** Entry of the thread that writes a store: makes records of batches and puts them into the chain. */
import { workerData } from 'node:worker_threads';
import { CLOSE, ENDED, GIVEN_UP, READY, REPORTED, type PostedBatch, type WriterData } from './batch.js';
import { createEventRedaction } from './event-redaction.js';
import { openSqlite } from './sqlite-driver.js';
import { StoreFile } from './store-file.js';

/** For a writer in another process. Whoever waits for this thread waits for that as well. */
const BUSY_MS = 250;

const { port, flags, file, redactPatterns, retentionDays } = workerData as WriterData;
const store = new StoreFile({
  file,
  redaction: createEventRedaction(redactPatterns),
  retentionDays,
  archive: undefined,
  open: openSqlite,
  isGivenUp: () => Atomics.load(flags, GIVEN_UP) !== 0,
});

function wake(reported: number): void {
  Atomics.store(flags, REPORTED, reported);
  Atomics.notify(flags, REPORTED);
}

port.on('message', (message: string) => {
  if (message === CLOSE) {
    store.close();
    port.close();
    return;
  }
  const { number, records } = JSON.parse(message) as PostedBatch;
  port.postMessage(store.write(records, BUSY_MS));
  // Now, so that a host that sleeps until then finds the report.
  wake(number);
});
process.once('exit', () => {
  wake(ENDED);
});
port.postMessage(READY);
