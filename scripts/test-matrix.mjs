/**
 * Runs the prebuilt Linux binaries in every host that can be had here: other majors of Node, Bun, Deno, arm64 under QEMU, and
 * a host of musl. What cannot be had is skipped with a line that says so.
 *
 *     node scripts/test-matrix.mjs [--host node-22]... [--all]
 *
 * Each Node runs the smoke program and the conformance files of `SUBSET`, with both backends; `--all` runs all of them. The
 * other hosts run the smoke program, which calls every kind of function once.
 */
import { parseArgs } from 'node:util';
import { HOSTS } from './matrix-hosts.mjs';
import { run } from './native-build.mjs';

/** The files that cross the native surface in the most ways; together about a minute on two cores. */
const SUBSET = ['launch', 'output', 'stdin', 'stop', 'outcome', 'sync', 'worker', 'limits', 'drain'];

const { values: options } = parseArgs({
  options: { host: { type: 'string', multiple: true, default: [] }, all: { type: 'boolean', default: false } },
});

/** The loader takes the prebuild, and not the local build that it would prefer. */
const prebuildsOnly = { PREBUILDS_ONLY: '1' };

function smoke({ command, environment = {} }) {
  const [program, ...args] = command;
  const asked = ['test/package/smoke.mjs', '--expect', 'native', '--node', process.execPath];
  return run(program, [...args, ...asked], { ...prebuildsOnly, ...environment });
}

function conformance({ command: [node] }) {
  const files = options.all ? [] : SUBSET.map((name) => `conformance/${name}.test`);
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts'];
  return run(node, [...vitest, '--project', 'conformance', '--reporter', 'dot', ...files], prebuildsOnly);
}

const names = options.host.length === 0 ? Object.keys(HOSTS) : options.host;
const wanted = new Set(names.map((name) => (name.endsWith('-arm64') ? 'linux-arm64' : 'linux-x64')));
const platforms = [...wanted].flatMap((platform) => ['--target', platform]);
const built = run(process.execPath, ['scripts/prebuild.mjs', '--optional', ...platforms]);
const verdicts = [built];
for (const name of names) {
  if (HOSTS[name] === undefined) throw new Error(`no such host: ${name}; there are ${Object.keys(HOSTS).join(', ')}`);
  const host = await HOSTS[name]();
  if (host.reason !== undefined) {
    console.log(`SKIPPED: ${name}: ${host.reason}`);
    continue;
  }
  const began = performance.now();
  const passed = smoke(host) && (!host.isNode || conformance(host));
  console.log(`${name}: ${passed ? 'passed' : 'FAILED'} after ${Math.round((performance.now() - began) / 1000)} s`);
  verdicts.push(passed);
}
console.log(`matrix: ${verdicts.filter(Boolean).length} of ${verdicts.length} passed`);
process.exitCode = verdicts.every(Boolean) ? 0 : 1;
