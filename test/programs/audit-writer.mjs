/**
 * A process that writes runs into an audit store: `audit-writer.mjs MODULE FILE NAME COUNT [STAGE]`. Prints one line for each batch
 * that is written. With a STAGE it kills itself at its STAGE-th call of the database: a power cut, as far as a process can have one.
 */
import { createRequire } from 'node:module';

const [moduleUrl, file, name, count, stage] = process.argv.slice(2);
if (stage !== undefined) dieAtCall(Number(stage));

const { openAuditStore } = await import(moduleUrl);
const store = openAuditStore({ file, onProblem: (problem) => process.stderr.write(`${problem}\n`) });
const PER_BATCH = Math.min(20, Number(count));
for (let sent = 0; sent < Number(count); sent += PER_BATCH) {
  for (let index = sent; index < sent + PER_BATCH; index += 1) store.append(cleanup(`${name}-${index}`));
  // In between the other writers get their turn.
  await new Promise((resolve) => setImmediate(resolve));
  if (!(await store.flush())) process.exitCode = 1;
  process.stdout.write(`${sent + PER_BATCH}\n`);
}
await store.close();

function cleanup(executionId) {
  const cleanup = { status: 'confirmed', mechanism: 'shim', killed: 0, survivors: [] };
  return { version: 1, eventType: 'command_cleanup', executionId, cleanup };
}

/** Every call that may reach the file goes through these. */
function dieAtCall(last) {
  let calls = 0;
  const counted = (work) =>
    function (...values) {
      calls += 1;
      if (calls >= last) process.kill(process.pid, 'SIGKILL');
      return work.apply(this, values);
    };
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  const builtIn = process.getBuiltinModule('node:sqlite');
  process.emitWarning = emitWarning;
  const Database = builtIn?.DatabaseSync ?? createRequire(import.meta.url)('libsql');
  const probe = new Database(':memory:');
  const statement = probe.prepare('SELECT 1');
  for (const [prototype, names] of [
    [Database.prototype, ['exec', 'close']],
    [Object.getPrototypeOf(statement), ['run', 'get', 'all']],
  ]) {
    for (const method of names) prototype[method] = counted(prototype[method]);
  }
}
