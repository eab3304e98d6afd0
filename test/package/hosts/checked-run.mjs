/** One command in whatever host imports this, which must be served by the native engine and leave nothing behind. */
import assert from 'node:assert/strict';
import { capabilities, run } from 'custody';

export async function checkedRun() {
  assert.equal(capabilities().backend, 'native', capabilities().fallbackReason);
  const result = await run('/bin/sh', ['-c', 'sleep 60 & echo done'], { timeoutMs: 20_000 });
  assert.equal(result.stdout, 'done\n');
  assert.equal(result.backend, 'native');
  assert.equal(result.cleanup.status, 'confirmed');
  // Not by its name: the shell's child may not have become `sleep` yet.
  assert.equal(result.cleanup.killed.length, 1);
}
