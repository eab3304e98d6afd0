// Promised    : natively, input that nobody reads costs a host nothing, also one for which SIGPIPE is deadly.
// Not promised: the same of the fallback, where Node writes.
import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { bundleFile } from '../../programs/probe-files.js';

it.each(['await run', 'runSync'])(
  '%s: a broken standard input does not end a host that lets SIGPIPE end it',
  async (call) => {
    // A listener that is taken away leaves the default disposition behind, not the one Node started with.
    const code = `const { run, runSync } = await import(${JSON.stringify(pathToFileURL(bundleFile).href)});
    const listener = () => {};
    process.on('SIGPIPE', listener).off('SIGPIPE', listener);
    const input = 'x'.repeat(1_000_000);
    console.log((${call}('sh', ['-c', 'exec <&-; exec sleep 0.05'], { input })).outcome.kind);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, CUSTODY_NATIVE: 'require' },
    });
    expect(stdout).toBe('exited\n');
  },
);
