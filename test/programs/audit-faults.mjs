/**
 * What can go wrong with a database, as the variable `AUDIT_FAULT` says, `WHAT AT`: at the AT-th call that may reach a file (`kill`,
 * of the process) or at the AT-th commit. To be imported before the code that opens one, in the thread that is to have it.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { workerData } from 'node:worker_threads';

const [what, at] = (process.env['AUDIT_FAULT'] ?? '').split(' ');
const Database = databaseClass();
const FAULTS = {
  'end-before': () => process.exit(),
  'end-after': (commit) => (commit(), process.exit()),
  'throw-before': () => {
    throw new Error('the disk is gone');
  },
  'throw-after': (commit) => {
    commit();
    throw new Error('the disk is gone');
  },
  hold: (commit) => commit(),
};

if (what === 'kill') dieAtCall(Number(at));
else if (what !== '') atCommit(Number(at), FAULTS[what]);

/** Tells the host, which has no other way to look, and leaves it `AUDIT_HOLD_MS` to ask for something. */
function hold() {
  writeFileSync(`${workerData.file}.held`, '');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.env['AUDIT_HOLD_MS']));
}

function atCommit(number, fault) {
  const { exec } = Database.prototype;
  let commits = 0;
  Database.prototype.exec = function (sql) {
    const run = () => exec.call(this, sql);
    if (sql !== 'COMMIT') return run();
    commits += 1;
    if (commits !== number) return run();
    hold();
    return fault(run);
  };
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
  const statement = new Database(':memory:').prepare('SELECT 1');
  for (const [prototype, names] of [
    [Database.prototype, ['exec', 'close']],
    [Object.getPrototypeOf(statement), ['run', 'get', 'all']],
  ]) {
    for (const method of names) prototype[method] = counted(prototype[method]);
  }
}

function databaseClass() {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  const builtIn = process.getBuiltinModule('node:sqlite');
  process.emitWarning = emitWarning;
  return builtIn?.DatabaseSync ?? createRequire(import.meta.url)('libsql');
}
