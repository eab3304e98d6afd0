/**
 * A process that writes runs into an audit store: `audit-writer.mjs MODULE FILE NAME COUNT [STAGE]`. Prints one line for each batch
 * that is written. With a STAGE it kills itself at its STAGE-th call of the database: a power cut, as far as a process can have one.
 * Where there is more to write than pays for a thread, it waits for the thread, so that the rest is written there.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const [moduleUrl, file, name, count, stage] = process.argv.slice(2);
if (stage !== undefined) {
  process.env['AUDIT_FAULT'] = `kill ${stage}`;
  await import('./audit-faults.mjs');
}
/** Records after which the thread has been started. */
const THREAD_STARTED = 120;

const { openAuditStore } = await import(moduleUrl);
const store = openAuditStore({ file, onProblem: (problem) => process.stderr.write(`${problem}\n`) });
const PER_BATCH = Math.min(20, Number(count));
for (let sent = 0; sent < Number(count); sent += PER_BATCH) {
  for (let index = sent; index < sent + PER_BATCH; index += 1) store.append(cleanup(`${name}-${index}`));
  // In between the other writers get their turn.
  await new Promise((resolve) => setImmediate(resolve));
  if (!(await store.flush())) process.exitCode = 1;
  if (sent >= THREAD_STARTED) while (store.health().writes !== 'thread') await sleep(1);
  process.stdout.write(`${sent + PER_BATCH}\n`);
}
await store.close();

function cleanup(executionId) {
  const cleanup = { status: 'confirmed', mechanism: 'shim', killed: 0, survivors: [] };
  return { version: 1, eventType: 'command_cleanup', executionId, cleanup };
}
