import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/cli/args.js';
import type { ExecRequest } from '../../../src/cli/grammar/exec.js';

interface Parsed {
  /** What is to be carried out, or the end of a line that asks for nothing. */
  readonly request: unknown;
  readonly out: string;
  readonly err: string;
}

function parse(...argv: readonly string[]): Parsed {
  let out = '';
  let err = '';
  const line = parseArguments(argv, '1.2.3', { out: (text) => (out += text), err: (text) => (err += text) });
  return { request: line.kind === 'command' ? line.request : line, out, err };
}

function exec(...argv: readonly string[]): ExecRequest {
  const { request, err } = parse('exec', ...argv);
  const { kind } = request as { readonly kind: string };
  if (kind !== 'exec') throw new Error(`refused: ${err}`);
  return request as ExecRequest;
}

function refusal(...argv: readonly string[]): string {
  const { request, err } = parse(...argv);
  expect(request).toEqual({ kind: 'finished', exitCode: 2 });
  expect(err).toMatch(/^custody: /);
  return err;
}

describe('custody exec', () => {
  it('leaves everything that was not given to the library', () => {
    expect(exec('git', 'status')).toEqual({
      kind: 'exec',
      file: 'git',
      args: ['status'],
      cwd: undefined,
      env: {},
      envFiles: [],
      secrets: [],
      redact: [],
      timeoutMs: undefined,
      idleTimeoutMs: undefined,
      graceMs: undefined,
      maxOutputBytes: undefined,
      limits: {},
      strictLimits: false,
      overflow: undefined,
      onOverflow: undefined,
      containment: undefined,
      stragglers: undefined,
      preset: undefined,
      native: undefined,
      correlation: {},
      config: undefined,
      shell: false,
      root: undefined,
      json: false,
      events: false,
      quiet: false,
      audit: { isWanted: true, file: undefined },
      verbose: false,
    });
  });

  it('D-34, SHL-07: --shell takes the one string as a line, also behind it, and arguments as arguments', () => {
    const line = { file: 'echo "$HOME | wc', args: [], shell: true };
    expect(exec('--shell', 'echo "$HOME | wc')).toMatchObject(line);
    expect(exec('echo "$HOME | wc', '--shell')).toMatchObject(line);
    expect(exec('--shell', '--', 'grep -c', 'a b')).toMatchObject({ file: 'grep -c', args: ['a b'], shell: true });
    expect(exec('npm', 'test', '--shell')).toMatchObject({ args: ['test', '--shell'], shell: false });
  });

  it('CLI-01: reads how a command is held, what it belongs to, and where its configuration is', () => {
    const held = ['--containment', 'group', '--stragglers', 'report', '--preset', 'agent', '--native', 'off'];
    const ids = ['--run-id', 'r', '--session-id', 's', '--task-id', 't', '--tool-call-id', 'c'];
    const kept = ['--overflow', 'tail', '--on-overflow', 'kill', '--env-file', 'a.env', '--env-file', 'b.env'];
    expect(exec(...held, ...ids, ...kept, '--events', '--verbose', '--config', 'x.yml', 'ls')).toMatchObject({
      containment: 'group',
      stragglers: 'report',
      preset: 'agent',
      native: 'off',
      correlation: { runId: 'r', sessionId: 's', taskId: 't', toolCallId: 'c' },
      overflow: 'tail',
      onOverflow: 'kill',
      envFiles: ['a.env', 'b.env'],
      events: true,
      verbose: true,
      config: 'x.yml',
    });
    expect(exec('--no-config', 'ls').config).toBe(false);
    expect(exec('--shell-name', 'bash', 'echo $HOME')).toMatchObject({ file: 'echo $HOME', args: [], shell: 'bash' });
  });

  it('CMD-09: reads a root', () => {
    expect(exec('--root', '/repo', '--cwd', 'a', 'ls')).toMatchObject({ root: '/repo', cwd: 'a' });
  });

  it('reads resource limits', () => {
    const given = ['--memory', '512m', '--cpu-time', '10s', '--max-processes', '64'];
    const others = ['--max-open-files', '128', '--max-file-size', '1g', '--strict-limits'];
    expect(exec(...given, ...others, 'make')).toMatchObject({
      limits: {
        memoryBytes: 536_870_912,
        cpuTimeMs: 10_000,
        maxProcesses: 64,
        maxOpenFiles: 128,
        maxFileSizeBytes: 1_073_741_824,
      },
      strictLimits: true,
    });
  });

  it.each([
    ['--memory', '512'],
    ['--memory', 'much'],
    ['--cpu-time', '0'],
    ['--max-processes', '0'],
    ['--max-processes', '1.5'],
    ['--max-open-files', '3'],
    ['--max-file-size', '0'],
  ])('refuses %s %s', (option, value) => {
    expect(refusal('exec', option, value, 'make')).toContain(option);
  });

  it('CLI-01: reads its options before the command', () => {
    const options = ['--timeout', '30s', '--idle-timeout=2m', '--grace', '0', '--cwd', 'd', '--max-output', '64K'];
    expect(exec(...options, '--json', '--quiet', 'make')).toMatchObject({
      file: 'make',
      timeoutMs: 30_000,
      idleTimeoutMs: 120_000,
      graceMs: 0,
      cwd: 'd',
      maxOutputBytes: 65_536,
      json: true,
      quiet: true,
    });
  });

  it('CLI-01: leaves options after the command to the command, even its own', () => {
    expect(exec('dotnet', '--version', '--timeout', '5', '--json')).toMatchObject({
      file: 'dotnet',
      args: ['--version', '--timeout', '5', '--json'],
      timeoutMs: undefined,
      json: false,
    });
  });

  it('takes everything after -- as it is', () => {
    expect(exec('--quiet', '--', '--odd', '--json', '--', 'a b')).toMatchObject({
      file: '--odd',
      args: ['--json', '--', 'a b'],
      quiet: true,
      json: false,
    });
    expect(exec('--', 'two words')).toMatchObject({ file: 'two words', args: [] });
    expect(exec('--', 'two words', '--timeout', '5')).toMatchObject({ file: 'two words', args: ['--timeout', '5'] });
  });

  it('passes a later -- on to the command', () => {
    expect(exec('npm', 'test', '--', '--run')).toMatchObject({ file: 'npm', args: ['test', '--', '--run'] });
  });

  it('CLI-01: splits a command given as one string, and takes options after it', () => {
    expect(exec('npm test')).toMatchObject({ file: 'npm', args: ['test'] });
    expect(exec('--quiet', `sh -c 'exit 42'`, '--timeout', '60', '--env', 'A=1')).toMatchObject({
      file: 'sh',
      args: ['-c', 'exit 42'],
      quiet: true,
      timeoutMs: 60_000,
      env: { A: '1' },
    });
  });

  it('collects variables in order, with every = after the first in the value', () => {
    const { env } = exec('--env', 'A=1', '--env', 'B=x=y', '--env', 'A=', '--env', '__proto__=p', 'env');
    expect(Object.entries(env)).toEqual([
      ['A', ''],
      ['B', 'x=y'],
      ['__proto__', 'p'],
    ]);
  });

  it('collects secrets by name or file, and patterns', () => {
    const words = ['--json', '--secret', 'TOKEN', '--secret', 'KEY=a=b', '--redact', 'x+', '--redact', 'y', 'env'];
    expect(exec(...words)).toMatchObject({
      secrets: [
        { name: 'TOKEN', file: undefined },
        { name: 'KEY', file: 'a=b' },
      ],
      redact: ['x+', 'y'],
    });
  });

  it.each([
    [['exec']],
    [['exec', '--']],
    [['exec', '--timeout']],
    [['exec', '--timeout', 'soon', 'ls']],
    [['exec', '--timeout', '0', 'ls']],
    [['exec', '--timeout', '25h', 'ls']],
    [['exec', '--grace', '61s', 'ls']],
    [['exec', '--idle-timeout', '-1', 'ls']],
    [['exec', '--json', '--events', 'ls']],
    [['exec', '--shell-name', 'emacs', 'ls']],
    [['exec', '--preset', 'fast', 'ls']],
    [['exec', '--containment', 'jail', 'ls']],
    [['exec', '--env', 'NOVALUE', 'ls']],
    [['exec', '--env', '=x', 'ls']],
    [['exec', '--secret', '=x', 'ls']],
    [['exec', '--secret', 'TOKEN=', 'ls']],
    [['exec', '--max-output', '1', 'ls']],
    [['exec', ' ']],
    [['exec', `say 'hi`]],
    [['exec', 'npm test', 'extra']],
    [['exec', 'npm test', '--timeout', '5', 'extra']],
    [['exec', 'npm test', '--', 'extra']],
    [['exec', 'npm test', '--cwd']],
    [['exec', 'npm test', '--watch']],
    [['doctor', 'extra']],
    [['rnus']],
    [['--json']],
  ])('refuses %j', (argv) => {
    refusal(...argv);
  });

  it('names the range of a duration that is out of it', () => {
    expect(refusal('exec', '--timeout', '25h', 'ls')).toContain('from 1 ms to 24 h');
  });

  it('suggests the nearest option and command', () => {
    expect(refusal('exec', '--tiemout', '5', 'ls')).toContain('--timeout');
    expect(refusal('exce', 'ls')).toContain('exec');
  });
});

describe('custody', () => {
  it('reads doctor', () => {
    expect(parse('doctor').request).toEqual({ kind: 'doctor', json: false });
    expect(parse('doctor', '--json').request).toEqual({ kind: 'doctor', json: true });
  });

  it('prints its version and nothing else', () => {
    expect(parse('--version')).toEqual({ request: { kind: 'finished', exitCode: 0 }, out: '1.2.3\n', err: '' });
  });

  it.each([[['--help']], [['help']], [['exec', '--help']], [['help', 'exec']], [['doctor', '-h']]])(
    'prints help for %j on stdout',
    (argv) => {
      const { request, out, err } = parse(...argv);
      expect(request).toEqual({ kind: 'finished', exitCode: 0 });
      expect(out).toContain('Usage: custody');
      expect(err).toBe('');
    },
  );

  it('takes nothing at all for a usage error and shows help on stderr', () => {
    const { request, out, err } = parse();
    expect(request).toEqual({ kind: 'finished', exitCode: 2 });
    expect(out).toBe('');
    expect(err).toContain('Usage: custody');
  });

  it('says what every exit code means', () => {
    const { out } = parse('help', 'exec');
    for (const code of ['124', '125', '126', '127', '130']) expect(out).toContain(code);
  });
});
