// Promised    : commands run as whom the host is when they are launched, with its umask, whatever it was when the guardian was
//               started. A host that gave up root gets no command that has it. Groups that it had started as root go on,
//               and end with it all the same.
// Not promised: a umask that was changed less than 20 ms ago, while commands are launched without a pause.
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../conformance/eventually.js';
import { endProcessesOf, processesOf } from '../../programs/oracle.js';
import { bundleFile, probeFile } from '../../programs/probe-files.js';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('NOT TESTED: a host that gives up root (needs root)');

async function hostSays(script: string, containment = 'tree'): Promise<unknown> {
  const code = `const { run, start } = await import(${JSON.stringify(pathToFileURL(bundleFile).href)});
    const containment = ${JSON.stringify(containment)};
    const said = async (...argv) => (await run(argv[0], argv.slice(1), { containment })).stdout.trim();
    ${script}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
  return JSON.parse(stdout);
}

/** How many guardians of its own a host sees. */
const COUNT_GUARDIANS = `
  const { readFileSync, readdirSync } = await import('node:fs');
  const text = (file) => { try { return readFileSync(file, 'utf8'); } catch { return ''; } };
  const children = () => readdirSync('/proc/self/task').flatMap((id) => text('/proc/self/task/' + id + '/children').split(' '));
  const guardians = () => children().filter((pid) => text('/proc/' + pid + '/comm') === 'custody-guard\\n').length;`;

describe('a host that changes', () => {
  it('has its umask in commands', async () => {
    const said = await hostSays(`
      for (const [mask, shown] of [[0o027, '0027'], [0o077, '0077']]) {
        process.umask(mask);
        while ((await said('sh', '-c', 'umask')) !== shown);
      }
      console.log('true');`);
    expect(said).toBe(true);
  });

  it.runIf(isRoot)('has its user, groups and nothing more in commands', async () => {
    const said = await hostSays(`
      const first = await said('sh', '-c', 'id -u; id -g; id -G');
      process.setgroups([65534, 12]);
      process.setgid(65534);
      process.setuid(65534);
      console.log(JSON.stringify([first, await said('sh', '-c', 'id -u; id -g; id -G')]));`);
    expect(said).toEqual([expect.stringMatching(/^0\n0\n/), '65534\n65534\n65534 12']);
  });

  it.runIf(isRoot)('keeps the groups that it started as another user, until it ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'custody-identity-'));
    const file = join(folder, 'sleeper');
    try {
      chmodSync(folder, 0o755);
      copyFileSync(probeFile, file);
      const said = await hostSays(
        `${COUNT_GUARDIANS}
        const begin = () => start(${JSON.stringify(file)}, ['wait'], { containment }).lines()[Symbol.asyncIterator]().next();
        await begin();
        process.setgid(65534);
        process.setuid(65534);
        while (guardians() < 2) await said('true');
        await begin();
        console.log(children().filter((pid) => text('/proc/' + pid + '/comm') === 'sleeper\\n').length);
        process.kill(process.pid, 'SIGKILL');`,
        'group',
      ).catch((error: unknown) => JSON.parse((error as { stdout: string }).stdout) as unknown);
      expect(said).toBe(2);
      await eventually(
        () => processesOf(file).length === 0,
        () => 'nobody left of the groups of either user',
      );
    } finally {
      await endProcessesOf([file]);
      rmSync(folder, { recursive: true });
    }
  });
});
