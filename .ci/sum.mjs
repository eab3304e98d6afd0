/**
 * Sums up the legs of .ci/run. Tests are counted from vitest's JSON reports and doctest's own lines; a leg without tests
 * counts as one, and a leg that failed without a failed test adds one failure. Skipped tests are named. The last line is
 * the sum, and the exit code is 0 only if nothing failed.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const logs = process.argv[2];
const sum = { passed: 0, failed: 0, skipped: 0 };
/** What failed, and why: printed last. */
const failures = [];

/** Lines of a failed leg that are shown again at the end, where they are looked for. */
const FAILED_LEG_LINES = 60;

/** The sanitizer legs run the native backend only; what they leave out on purpose is not counted as skipped. */
const chosenIn = (leg) => (leg.endsWith('-sanitizer') ? /^'?native'? / : /^/);

function countVitest(report, leg) {
  const all = JSON.parse(readFileSync(report, 'utf8')).testResults.flatMap((file) => file.assertionResults);
  const tests = all.filter((test) => chosenIn(leg).test(test.fullName));
  const with_ = (...states) => tests.filter((test) => states.includes(test.status));
  for (const test of with_('pending', 'skipped', 'todo')) console.log(`  skipped: ${test.fullName}`);
  for (const test of with_('failed')) failures.push(`  failed: ${leg}: ${test.fullName}`);
  return {
    passed: with_('passed').length,
    failed: with_('failed').length,
    skipped: with_('pending', 'skipped', 'todo').length,
  };
}

function countDoctest(log) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const line = /\[doctest\] test cases:\s+\d+ \|\s+(\d+) passed \|\s+(\d+) failed \|\s+(\d+) skipped/g;
  for (const [, passed, failed, skipped] of log.matchAll(line)) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
    counts.skipped += Number(skipped);
  }
  return counts;
}

for (const file of readdirSync(logs).filter((name) => name.endsWith('.exit'))) {
  const name = basename(file, '.exit');
  const code = Number(readFileSync(join(logs, file), 'utf8'));
  const log = readFileSync(join(logs, `${name}.log`), 'utf8');
  console.log(`${name}: ${code === 0 ? 'passed' : `FAILED with exit code ${code}`}`);
  for (const [line] of log.matchAll(/^.*(SKIPPED:|NOT TESTED:).*$/gm)) console.log(`  ${line}`);
  const report = join(logs, `${name}.json`);
  const counts = [countDoctest(log), ...(existsSync(report) ? [countVitest(report, name)] : [])];
  const counted = { passed: 0, failed: 0, skipped: 0 };
  for (const count of counts) for (const key of Object.keys(counted)) counted[key] += count[key];
  if (code !== 0) failures.push(`the end of ${name}:`, ...log.trimEnd().split('\n').slice(-FAILED_LEG_LINES));
  if (code !== 0 && counted.failed === 0) counted.failed = 1;
  if (code === 0 && counted.passed === 0) counted.passed = 1;
  for (const key of Object.keys(sum)) sum[key] += counted[key];
}
for (const line of failures) console.log(line);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 ? 0 : 1;
