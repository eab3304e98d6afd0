// Promised    : a host that may have no more processes gets results that say so, also where it is the guardian that cannot make one.
// Not promised: how many processes a run needs.
import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bundleFile } from '../../programs/probe-files.js';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('NOT TESTED: a host that may have few processes (needs root)');

/** Of a user without processes of his own; those of root are not limited. */
const USER = 54_321;

describe.runIf(isRoot)('a host that may have 30 processes and threads', () => {
  it('CON-07: says of each of 40 commands that it ran, or that the system was short of processes', async () => {
    const script = `const { createRunner } = await import(${JSON.stringify(pathToFileURL(bundleFile).href)});
      process.setgid(${String(USER)});
      process.setuid(${String(USER)});
      const { run } = createRunner({ native: 'require' });
      const results = await Promise.all(Array.from({ length: 40 }, () => run('sleep', ['0.3'])));
      console.log(JSON.stringify(results.map(({ outcome, launches }) =>
        outcome.kind === 'exited' ? 'ran' : [outcome.kind, outcome.error?.code, outcome.error?.errno, launches].join())));`;
    const limited = ['-c', 'ulimit -u 30; exec "$@"', 'bash', process.execPath, '--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)('bash', limited);
    const short = 'not-started,RESOURCE_LIMIT,EAGAIN,5';
    const told = new Set(JSON.parse(stdout) as string[]);
    expect(told).toContain(short);
    expect([...told].filter((each) => each !== 'ran' && each !== short)).toEqual([]);
  });
});
