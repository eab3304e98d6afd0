// Promised    : an object may be signalled while its watch is removed: nothing is told of it any more, and the host lives.
// Not promised: how soon a removed watch lets go of the system's wait.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { probeDirectory } from '../../programs/probe-files.js';
import { onWindows } from './stage.js';

/** When a removal waited for the callback, Wine 8 broke within these many. */
const ROUNDS = 20_000;

describe.runIf(onWindows)('a watched object', () => {
  it('may be signalled at the moment at which its watch is removed', async () => {
    const race = promisify(execFile)(join(probeDirectory, 'poller_race.exe'), [String(ROUNDS)]);
    expect((await race).stdout.trim()).toBe('ok');
  });
});
