// Promised    : when the line that ends a command has succeeded, nothing of that command runs or will, whenever it came.
// Not promised: processes that leave the group.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endingLine, NO_MARK, remoteLine } from '../../../src/targets/remote-script.js';
import { eventually } from '../../conformance/eventually.js';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'custody-remote-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What the daemon of ssh does with a line. */
const far = (line: string): ChildProcess =>
  spawn('sh', ['-c', line], { env: { ...process.env, TMPDIR: folder }, stdio: 'ignore' });

const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    child.once('exit', resolve);
  });

const lineOf = (token: string, ...words: string[]): string =>
  remoteLine({ words, cwd: undefined, variables: [], graceMs: 0, token });

it('EXR-04: a command that was ended before it came is not started', async () => {
  expect(await exitOf(far(endingLine('early')))).toBe(0);
  await exitOf(far(lineOf('early', 'sh', '-c', 'echo >"$TMPDIR/begun"')));
  expect(readdirSync(folder)).toEqual([]);
});

it('EXR-04: a command that runs is ended, and leaves no file', async () => {
  const begun = join(folder, 'begun');
  const command = far(lineOf('late', 'sh', '-c', 'echo >"$TMPDIR/begun"; sleep 61'));
  const exit = exitOf(command);
  await eventually(
    () => existsSync(begun),
    () => 'not begun',
  );
  expect(await exitOf(far(endingLine('late')))).toBe(0);
  await exit;
  rmSync(begun);
  expect(readdirSync(folder)).toEqual([]);
});

it('EXR-04: a command sees its own variables and file mode, whatever the line needs for itself', async () => {
  const values = { TMPDIR: '/nowhere', f: 'f', c: 'c', p: 'p' };
  const words = ['sh', '-c', `echo "$TMPDIR $f $c $p $(umask)" >${join(folder, 'seen')}`];
  const line = remoteLine({ words, cwd: undefined, variables: Object.entries(values), graceMs: 0, token: 'own' });
  await exitOf(far(line));
  const mask = execFileSync('sh', ['-c', 'umask'], { encoding: 'utf8' });
  expect(readFileSync(join(folder, 'seen'), 'utf8')).toBe(`/nowhere f c p ${mask}`);
});

it('EXR-04: a command is not started where it could not be found again', async () => {
  const line = lineOf('lost', 'sh', '-c', `echo >${join(folder, 'begun')}`);
  const child = spawn('sh', ['-c', line], {
    env: { ...process.env, TMPDIR: '/nowhere' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  await new Promise((resolve) => child.once('close', resolve));
  expect(said).toBe(`${NO_MARK}\n`);
  expect(readdirSync(folder)).toEqual([]);
});

it('EXR-04: no mark is written through a link that somebody laid', async () => {
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'kept');
  for (const name of ['custody-a.ended', 'custody-b.new']) symlinkSync(victim, join(folder, name));
  await exitOf(far(endingLine('a')));
  await exitOf(far(lineOf('b', 'true')));
  expect(readFileSync(victim, 'utf8')).toBe('kept');
});

it('EXR-04: a command that is ended while it comes is not there afterwards', async () => {
  for (let nth = 0; nth < 40; nth += 1) {
    // The command is known by what it writes: its pid, which is that of its group.
    const pidFile = join(folder, `pid-${nth}`);
    const command = far(lineOf(`race-${nth}`, 'sh', '-c', `echo $$ >${pidFile}; exec sleep 61`));
    const exit = exitOf(command);
    await new Promise((resolve) => setTimeout(resolve, nth % 10));
    expect(await exitOf(far(endingLine(`race-${nth}`)))).toBe(0);
    await exit; // the shell at the far end, which waits for the command
    const pid = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').trim() : '';
    expect(pid !== '' && existsSync(`/proc/${pid}/stat`)).toBe(false);
    rmSync(pidFile, { force: true });
  }
  expect(readdirSync(folder)).toEqual([]);
}, 60_000);
