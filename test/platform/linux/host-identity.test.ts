// Promised    : commands run as whom the host is when they are launched, with its umask, whatever it was when the guardian was
//               started. A host that gave up root gets no command that has it.
// Not promised: a umask that was changed less than 20 ms ago, while commands are launched without a pause.
import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bundleFile } from '../../programs/probe-files.js';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('NOT TESTED: a host that gives up root (needs root)');

async function hostSays(script: string): Promise<unknown> {
  const code = `const { run } = await import(${JSON.stringify(pathToFileURL(bundleFile).href)});
    const said = async (...argv) => (await run(argv[0], argv.slice(1), { containment: 'tree' })).stdout.trim();
    ${script}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
  return JSON.parse(stdout);
}

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
});
