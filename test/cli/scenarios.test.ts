// Promised    : the ten things that a user does first, as the real binary does them, whether it writes into a pipe or on a terminal.
// Not promised: how what custody itself says is worded.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { processOf } from '../programs/oracle.js';
import { backends, custody, type CliOptions } from './cli-process.js';
import { Terminal } from './terminal.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'custody-scenarios-')));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a reader sees of one invocation: both streams in one, lines ended by line feeds alone. */
interface Seen {
  readonly exitCode: number;
  readonly text: string;
}

type Invoke = (args: readonly string[], options?: CliOptions) => Promise<Seen>;

const [strongest] = backends;
const places: readonly (readonly [place: string, invoke: Invoke])[] = [
  ...backends.map(([name, mode]) => [`a pipe, over ${name}`, inPipe({ mode })] as const),
  [`a pseudo-terminal, over ${strongest?.[0] ?? 'none'}`, onTerminal({ mode: strongest?.[1] ?? 'off' })],
];

function inPipe(common: CliOptions): Invoke {
  return async (args, options) => {
    const { exitCode, stdout, stderr } = await custody(args, { ...common, ...options });
    return { exitCode, text: stdout.toString() + stderr };
  };
}

function onTerminal(common: CliOptions): Invoke {
  return async (args, options) => {
    const terminal = Terminal.cli(args, { ...common, ...options });
    try {
      const exitCode = await terminal.end();
      return { exitCode, text: terminal.transcript.replaceAll('\r\n', '\n') };
    } finally {
      await terminal.close();
    }
  };
}

/** A fresh name in the folder of the test file. */
let made = 0;
function fresh(what: string): string {
  made += 1;
  return join(folder, `${what}-${String(made)}`);
}

describe.each(places)('in %s', (_place, invoke) => {
  it('TST-07: echo: shows what the command says and then how it ended', async () => {
    const { exitCode, text } = await invoke(['exec', 'echo', 'hello']);
    expect(exitCode).toBe(0);
    expect(text).toMatch(/^hello\n.*custody: exit 0, .*exec-.*\n$/);
  });

  it('TST-07: args: hands over arguments byte for byte', async () => {
    const script = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const words = ['--timeout', '5', '*', '$HOME', 'a b', '', '"', '\\', '--', 'ünï'];
    const { text } = await invoke(['exec', '--quiet', '--', process.execPath, '-e', script, '--', ...words]);
    expect(JSON.parse(text)).toEqual(words);
  });

  it('TST-07, CLI-02: exit 42: returns the exit code of the command', async () => {
    expect((await invoke(['exec', 'sh', '-c', 'exit 42'])).exitCode).toBe(42);
  });

  it('TST-07, CLI-02: timeout: stops the command, all of it, and returns 124', async () => {
    const pids = fresh('pids');
    const script = `sleep 60 & echo $! >>${pids}; echo $$ >>${pids}; wait`;
    const { exitCode, text } = await invoke(['exec', '--timeout', '2s', '--', 'sh', '-c', script]);
    expect(exitCode).toBe(124);
    expect(text).toContain('timeout');
    const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    expect(started).toHaveLength(2);
    // A zombie that the init of a container does not collect has ended, too.
    for (const pid of started) expect(processOf(pid)?.state ?? 'Z').toBe('Z');
  });

  it('TST-07: cwd: runs the command in the directory it was given', async () => {
    expect((await invoke(['exec', '--quiet', '--cwd', folder, 'pwd'])).text).toBe(`${folder}\n`);
  });

  it('TST-07: env: adds variables to the environment it was given', async () => {
    const args = ['exec', '--quiet', '--env', 'ADDED=a=b', '--env', 'OVERRIDDEN=new', 'sh', '-c'];
    const env = { OVERRIDDEN: 'old', INHERITED: 'kept' };
    const { text } = await invoke([...args, 'echo "$ADDED/$OVERRIDDEN/$INHERITED"'], { env });
    expect(text).toBe('a=b/new/kept\n');
  });

  it('TST-07: history and details: what was run is listed, and shown by the id that was printed', async () => {
    const env = { CUSTODY_AUDIT_DB: fresh('audit') };
    const ran = await invoke(['exec', 'sh', '-c', 'echo remembered; exit 3'], { env });
    const [id = 'none'] = /exec-[\w.-]+/.exec(ran.text) ?? [];
    const history = await invoke(['runs', 'list'], { env });
    expect(history.exitCode).toBe(0);
    expect(history.text).toMatch(/\bsh -c\b.*exec-/s);
    const details = await invoke(['runs', 'show', id], { env });
    expect(details.exitCode).toBe(0);
    expect(details.text).toContain(id);
    expect(details.text).toContain('echo remembered; exit 3');
    expect(details.text).toMatch(/\b3\b/);
  });

  it('TST-07: big output: passes all of it on, in order', async () => {
    const lines = 200_000;
    const { exitCode, text } = await invoke(['exec', '--quiet', 'seq', '1', String(lines)]);
    expect(exitCode).toBe(0);
    const numbers = text.split('\n');
    expect(numbers.pop()).toBe('');
    expect(numbers).toHaveLength(lines);
    expect(numbers.findIndex((number, index) => number !== String(index + 1))).toBe(-1);
  });

  it('TST-07: max_concurrent 2 with 4 jobs: two run at a time, never three', async () => {
    const marks = fresh('marks');
    const list = fresh('list');
    // Each command marks its own start and end; that a line is appended in one piece is the system's promise. The first goes on
    // when a second has begun, so that a list that is run one by one ends by its timeout.
    const meet = `until [ "$(wc -l <${marks})" -ge 2 ]; do sleep 0.02; done`;
    const script = `echo + >>${marks}; ${meet}; sleep 0.3; echo - >>${marks}`;
    writeFileSync(list, `${JSON.stringify({ file: 'sh', args: ['-c', script] })}\n`.repeat(4));
    const { exitCode } = await invoke(['run-many', '--jobs', '2', '--timeout', '15s', list]);
    expect(exitCode).toBe(0);
    let running = 0;
    const atATime = readFileSync(marks, 'utf8')
      .trim()
      .split('\n')
      .map((mark) => (running += mark === '+' ? 1 : -1));
    expect({ marks: atATime.length, most: Math.max(...atATime), left: running }).toEqual({
      marks: 8,
      most: 2,
      left: 0,
    });
  });
});
