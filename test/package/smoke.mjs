/**
 * The package as a user sees it, in one process: imported by its name, loaded again with `require`, and run. Copied into the
 * consumers of the package tests, and run by scripts/test-matrix.mjs under other versions of Node and other runtimes.
 *
 * `--expect native|fallback` names the backend that must serve; `--node` a program for the commands, if the host is no Node.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import * as custody from 'custody';
import { classifyResult } from 'custody/failure';
import { parseResult } from 'custody/results';
import { expectNoLeaks, markDescriptors } from 'custody/testing';

const { values } = parseArgs({
  options: { expect: { type: 'string' }, node: { type: 'string', default: process.execPath } },
});
const { node } = values;
const capabilities = custody.capabilities();
assert.equal(capabilities.backend, values.expect);
assert.equal(typeof capabilities.fallbackReason, values.expect === 'native' ? 'undefined' : 'string');
assert.equal(typeof capabilities.file, values.expect === 'native' ? 'string' : 'undefined');

const required = createRequire(import.meta.url)('custody');
assert.equal(required.run, custody.run, 'require and import share one copy');

const print = ['-e', 'process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3'];
for (const result of [await custody.run(node, print), custody.runSync(node, print)]) {
  assert.deepEqual(result.outcome, { kind: 'exited', exitCode: 3 });
  assert.equal(result.stdout, 'out');
  assert.equal(result.stderr, 'err');
  assert.equal(result.backend, values.expect);
  assert.equal(parseResult(JSON.stringify(result)).combined(), result.combined());
}

assert.equal(classifyResult(await custody.run('no-such-program')).category, 'missing_executable');

const stuck = await custody.run(node, ['-e', 'setInterval(() => {}, 1000)'], {
  timeoutMs: 200,
  graceMs: 100,
});
assert.equal(stuck.outcome.kind, 'stopped');
assert.equal(stuck.timedOut, true);

const echo = custody.start(node, ['-e', 'process.stdin.pipe(process.stdout)'], { stdin: 'pipe' });
await echo.write('one\ntwo\n');
echo.endInput();
const lines = [];
for await (const line of echo.lines()) lines.push(line.text);
assert.deepEqual(lines, ['one', 'two']);
await echo.dispose();

const since = markDescriptors();
const left = custody.start(node, ['-e', 'setInterval(() => {}, 1000)']);
await assert.rejects(expectNoLeaks({ withinMs: 0 }), { name: 'LeaksFoundError', code: 'CLEANUP_UNCONFIRMED' });
await left.dispose();
await expectNoLeaks({ withinMs: 5_000, since });

console.log(
  JSON.stringify({
    node: process.version,
    backend: capabilities.backend,
    file: capabilities.file ?? null,
    reason: capabilities.fallbackReason ?? null,
    containment: capabilities.defaultContainment,
    cleanup: stuck.cleanup.status,
  }),
);
