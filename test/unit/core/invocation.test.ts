import { describe, expect, it } from 'vitest';
import { CommandValidationError, type ValidationIssue } from '../../../src/core/errors.js';
import { readDefaults, readInvocation, type Invocation } from '../../../src/core/invocation.js';
import { RUN_LIMITS } from '../../../src/policy/limits.js';

const standard = readDefaults(undefined, RUN_LIMITS);

function read(command: unknown, second?: unknown, third?: unknown): Invocation {
  return readInvocation(command, second, third, standard, RUN_LIMITS);
}

function issuesOf(act: () => unknown): readonly ValidationIssue[] {
  try {
    act();
  } catch (error) {
    if (error instanceof CommandValidationError) return error.issues;
    throw error;
  }
  return [];
}

function propertiesOf(act: () => unknown): string[] {
  return issuesOf(act).map((issue) => issue.property);
}

describe('an ordinary call', () => {
  it('EXE-24: gets the documented defaults', () => {
    expect(read('git', ['status'])).toEqual({
      ...{ file: 'git', args: ['status'], cwd: undefined, envLayers: [], envMode: 'inherit' },
      ...{ input: undefined, inputSource: undefined, stdin: undefined, stdout: 'capture', stderr: 'capture' },
      ...{ timeoutMs: 300_000, idleTimeoutMs: 0, graceMs: 2_000, drainMs: 500, maxOutputBytes: 1_048_576 },
      ...{ onOverflow: 'truncate', signal: undefined, stragglers: 'kill', containment: undefined },
      ...{ limits: {}, strictLimits: false, throwOnCancel: false, encoding: 'utf8', reject: false },
      ...{ queueTimeoutMs: undefined, totalBudgetMs: 0, budget: undefined, target: undefined, nested: false },
      ...{ envInclude: undefined, envExclude: undefined, secretLayers: [], redact: undefined },
      ...{ shell: undefined, strictShell: false, argvMetachars: 'executable' },
      eligibility: { mode: 'off', denied: [], allowed: [], scripts: {}, override: undefined },
      network: 'inherit',
      ...{ successExitCodes: [0], parseErrors: undefined, uid: undefined, gid: undefined, elevated: 'allow' },
      ...{ allowOutsideRoot: false, launchTarget: undefined, refusal: undefined, warnings: [] },
      ...{ overflow: 'head-tail', truncationMarker: true, captureOutput: true, newlines: 'keep' },
      ...{ stdio: 'separate', tee: undefined, handlers: undefined, chunkBytes: 4096, backpressure: 'drop-oldest' },
    });
  });

  it('EXE-07: takes the timeout of the options, else of the command, else of the defaults, else 300 s', () => {
    const configured = readDefaults({ timeoutMs: 7 }, RUN_LIMITS);
    const command = { file: 'git', timeoutMs: 5 };
    expect(readInvocation(command, { timeoutMs: 3 }, undefined, configured, RUN_LIMITS).timeoutMs).toBe(3);
    expect(readInvocation(command, {}, undefined, configured, RUN_LIMITS).timeoutMs).toBe(5);
    expect(readInvocation('git', [], {}, configured, RUN_LIMITS).timeoutMs).toBe(7);
    expect(read('git').timeoutMs).toBe(300_000);
  });

  it.each(['timeoutMs', 'maxOutputBytes'])('LIM-06: has no way to say that %s has no limit', (property) => {
    for (const unlimited of [0, -1, NaN, Infinity, Number.MAX_VALUE, null, false, 'none'])
      expect(propertiesOf(() => read('git', [], { [property]: unlimited }))).toEqual([property]);
    expect(read('git', [], { [property]: undefined })[property as 'timeoutMs']).toBeGreaterThan(0);
  });

  it('takes a command object and lets options win over it', () => {
    const command = { file: 'git', args: ['log'], cwd: '/a', timeoutMs: 1, env: { A: '1' } };
    expect(read(command, { cwd: '/b', env: { B: '2' } })).toMatchObject({
      ...{ file: 'git', args: ['log'], cwd: '/b', timeoutMs: 1 },
      envLayers: [
        { set: [['A', '1']], unset: [] },
        { set: [['B', '2']], unset: [] },
      ],
    });
  });

  it('treats undefined as not given', () => {
    expect(read('git', undefined, { cwd: undefined, timeoutMs: undefined, signal: undefined })).toEqual(read('git'));
  });

  it('EXE-24: keeps its own frozen copy of the arguments', () => {
    const args = ['a'];
    const { args: copy } = read('git', args);
    args[0] = 'b';
    expect(copy).toEqual(['a']);
    expect(Object.isFrozen(copy)).toBe(true);
  });

  it('encodes text for standard input as UTF-8', () => {
    expect(read('cat', [], { input: 'ü' }).input).toEqual(new Uint8Array([0xc3, 0xbc]));
    const bytes = Buffer.from('abc');
    const { input } = read('cat', [], { input: bytes });
    bytes.fill('x');
    expect(input).toEqual(new Uint8Array(Buffer.from('abc')));
  });

  it('rounds durations up, so that no limit comes early', () => {
    expect(read('git', [], { timeoutMs: 1.2 }).timeoutMs).toBe(2);
  });

  it('removes variables given as undefined or null', () => {
    expect(read('git', [], { env: { A: undefined, B: null, C: '' } }).envLayers).toEqual([
      { set: [['C', '']], unset: ['A', 'B'] },
    ]);
  });
});

describe('the command', () => {
  it.each([null, undefined])('throws a TypeError for %s', (command) => {
    expect(() => read(command)).toThrow(TypeError);
  });

  it.each([[''], ['  '], ['a\0b'], [7], [true], [Symbol('x')], [() => 1]])('refuses %o as a file', (file) => {
    expect(propertiesOf(() => read(file))).toEqual(['file']);
  });

  it('needs a file', () => {
    expect(propertiesOf(() => read({ args: [] }))).toEqual(['file']);
  });

  it.each(['git status', 'ls|wc', 'a && b', 'echo\thi'])("refuses the command line '%s' with a hint", (file) => {
    expect(issuesOf(() => read(file))[0]?.message).toContain('command line');
  });

  it.each(['/opt/my tools/run', './a b', 'C:\\Program Files\\x.exe', '[', 'g++', 'a-b.c'])("takes '%s'", (file) => {
    expect(read(file).file).toBe(file);
  });
});

describe('what is wrong', () => {
  it('is reported all at once, each with its place', () => {
    const options = { timeoutMs: 0, cwd: 5, env: { FOO: 1, 'A=B': 'x', NUL: '\0' }, onOverflow: 'explode' };
    expect(propertiesOf(() => read('git', ['a', 2, null, 'b\0'], options))).toEqual([
      ...['args[1]', 'args[2]', 'args[3]'],
      ...['timeoutMs', 'cwd', 'env.FOO', 'env.A=B', 'env.NUL', 'onOverflow'],
    ]);
  });

  it('CMD-06: is an unpaired surrogate, which no process could be given', () => {
    const lone = '\ud800';
    expect(propertiesOf(() => read('git', ['\u{1f600}', lone], { cwd: lone, env: { A: lone, [lone]: '' } }))).toEqual([
      ...['args[1]', 'cwd', 'env.A', `env.${lone}`],
    ]);
    expect(propertiesOf(() => read(`git${lone}`, []))).toEqual(['file']);
  });

  it('does not show the value, which may be a secret', () => {
    const error = (): unknown => read('git', ['hunter2\0'], { env: { TOKEN: 'hunter2\0' }, containment: 'hunter2' });
    expect(JSON.stringify(issuesOf(error))).not.toContain('hunter2');
  });

  it.each([0, -1, NaN, Infinity, -Infinity, 2 ** 31, 86_400_001, '5', null, 5n])(
    'refuses a timeoutMs of %s',
    (timeoutMs) => {
      expect(propertiesOf(() => read('git', [], { timeoutMs }))).toEqual(['timeoutMs']);
    },
  );

  it.each([
    ...[{ graceMs: 60_001 }, { drainMs: -1 }, { idleTimeoutMs: 0 }, { maxOutputBytes: 1023 }],
    ...[{ maxOutputBytes: 104_857_601 }, { reject: 1 }, { encoding: 'utf-7' }, { signal: {} }, { signal: null }],
    ...[{ stdin: 'file' }, { stdout: 'pipe' }, { stragglers: 'ask' }, { containment: 'jail' }, { envMode: 'none' }],
    ...[{ input: 5 }, { input: new Uint16Array(1) }, { input: new Proxy(new Uint8Array(1), {}) }, { cwd: '' }],
    ...[{ env: [] }, { env: 'A=1' }],
  ])('refuses %o', (options) => {
    expect(propertiesOf(() => read('git', [], options))).toEqual(Object.keys(options));
  });

  it('includes a file for standard input that is none', () => {
    expect(propertiesOf(() => read('git', [], { stdin: { file: '' } }))).toEqual(['stdin.file']);
  });

  it('includes input that could not be delivered', () => {
    expect(propertiesOf(() => read('git', [], { input: 'x', stdin: 'inherit' }))).toEqual(['stdin']);
    expect(read('git', [], { input: 'x', stdin: 'pipe' }).stdin).toBe('pipe');
  });

  it('names the nearest option for an unknown one', () => {
    expect(issuesOf(() => read('git', [], { timeout: 5 }))).toEqual([
      { property: 'timeout', message: 'is not an option; did you mean timeoutMs?' },
    ]);
    expect(issuesOf(() => read('git', [], { colour: true }))[0]?.message).toBe('is not an option');
    expect(propertiesOf(() => read({ file: 'git', graceMs: 5 }))).toEqual(['graceMs']);
  });

  it('says that options are the third argument', () => {
    expect(issuesOf(() => read('git', { cwd: '/' }))[0]?.message).toContain('third argument');
  });

  it.each([
    ['options', 5],
    ['options', null],
    ['options', []],
  ])('refuses %s that are %o', (property, options) => {
    expect(propertiesOf(() => read('git', [], options))).toEqual([property]);
  });
});

describe('hostile input', () => {
  const thrower = (): never => {
    throw new Error('no');
  };

  it('names the property whose getter throws', () => {
    const options = Object.defineProperty({}, 'cwd', { enumerable: true, get: thrower });
    expect(issuesOf(() => read('git', [], options))).toEqual([{ property: 'cwd', message: 'cannot be read' }]);
  });

  it.each([
    ['a proxy that throws', new Proxy({}, { ownKeys: thrower, get: thrower })],
    ['a command that throws', Object.defineProperty({}, 'file', { enumerable: true, get: thrower })],
  ])('becomes a validation error: %s', (_name, command) => {
    expect(() => read(command)).toThrow(CommandValidationError);
  });

  it('becomes a validation error: arguments that throw or lie', () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const liar = new Proxy([], { get: (_target, key) => (key === 'length' ? 'many' : undefined) });
    for (const args of [proxy, liar, new Array(4_294_967_295), Object.assign([], { length: 2_000_000 })]) {
      expect(() => read('git', args)).toThrow(CommandValidationError);
    }
  });

  it('reads each property once', () => {
    let reads = 0;
    const options = Object.defineProperty({}, 'cwd', { enumerable: true, get: () => `/${String((reads += 1))}` });
    expect(read('git', [], options).cwd).toBe('/1');
  });

  it('does not take options from a polluted prototype', () => {
    const options = Object.create({ cwd: '/polluted' }) as object;
    expect(read('git', [], options).cwd).toBeUndefined();
  });

  it('keeps the number of issues and the length of names small', () => {
    const issues = issuesOf(() =>
      read(
        'git',
        Array.from({ length: 10_000 }, () => 1),
        { ['x'.repeat(5000)]: 1 },
      ),
    );
    expect(issues.length).toBeLessThan(100);
    expect(issues.every((issue) => issue.property.length < 100)).toBe(true);
  });
});

describe('defaults of a runner', () => {
  it('OUT-04: stand below the options of a call', () => {
    const given = { timeoutMs: 5, maxOutputBytes: 5000, env: { A: '1' }, reject: true };
    const defaults = readDefaults(given, RUN_LIMITS);
    const options = { timeoutMs: 6, maxOutputBytes: 6000, env: { B: '2' } };
    const invocation = readInvocation('git', [], options, defaults, RUN_LIMITS);
    expect(invocation).toMatchObject({ timeoutMs: 6, maxOutputBytes: 6000, reject: true });
    expect(readInvocation('git', [], {}, defaults, RUN_LIMITS).maxOutputBytes).toBe(5000);
    expect(invocation.envLayers).toHaveLength(2);
    expect(defaults.envLayers).toHaveLength(1);
  });

  it('keep the limits that a call does not set', () => {
    const limits = { memoryBytes: 2_000_000, maxProcesses: 8 };
    const defaults = readDefaults({ limits, strictLimits: true }, RUN_LIMITS);
    const options = { limits: { maxProcesses: 4, cpuTimeMs: 100, maxOpenFiles: undefined } };
    const invocation = readInvocation('git', [], options, defaults, RUN_LIMITS);
    expect(invocation.limits).toEqual({ memoryBytes: 2_000_000, maxProcesses: 4, cpuTimeMs: 100 });
    expect(invocation.strictLimits).toBe(true);
    expect(defaults.limits).toEqual(limits);
  });

  it('are checked when the runner is made', () => {
    expect(propertiesOf(() => readDefaults({ timeoutMs: 0, encoding: 'buffer' }, RUN_LIMITS))).toEqual([
      'defaults.timeoutMs',
      'defaults.encoding',
    ]);
  });
});

describe('resource limits', () => {
  it.each([
    [{ memoryBytes: 1_000 }, 'limits.memoryBytes', 'must be a whole number of bytes from 1048576 to 9007199254740991'],
    [{ memoryBytes: 2_000_000.5 }, 'limits.memoryBytes', 'whole number of bytes'],
    [{ memoryBytes: '512m' }, 'limits.memoryBytes', 'whole number of bytes'],
    [{ cpuTimeMs: 0 }, 'limits.cpuTimeMs', 'milliseconds from 10'],
    [{ maxProcesses: -1 }, 'limits.maxProcesses', 'processes from 1'],
    [{ maxOpenFiles: 3 }, 'limits.maxOpenFiles', 'descriptors from 16'],
    [{ maxFileSizeBytes: Number.NaN }, 'limits.maxFileSizeBytes', 'leave it out for no limit'],
    [{ maxFileSizeBytes: null }, 'limits.maxFileSizeBytes', 'bytes from 1'],
    [{ maxProcess: 3 }, 'limits.maxProcess', 'did you mean maxProcesses?'],
    [[], 'limits', 'must be an object'],
    ['none', 'limits', 'must be an object'],
    [null, 'limits', 'must be an object'],
  ])('refuses %j and says what would do', (limits, property, message) => {
    const issues = issuesOf(() => read('git', [], { limits }));
    expect(issues.map((issue) => issue.property)).toEqual([property]);
    expect(issues[0]?.message).toContain(message);
  });

  it('are copied, so that a later change does nothing', () => {
    const limits = { maxProcesses: 4 };
    const invocation = read('git', [], { limits });
    limits.maxProcesses = 5;
    expect(invocation.limits).toEqual({ maxProcesses: 4 });
    expect(Object.isFrozen(invocation.limits)).toBe(true);
  });

  it('CMD-11: may be part of a command, below those of the options', () => {
    const command = { file: 'git', limits: { maxProcesses: 4, cpuTimeMs: 100 } };
    expect(read(command, { limits: { maxProcesses: 2 } }).limits).toEqual({ maxProcesses: 2, cpuTimeMs: 100 });
  });

  it('are strict for a run, not for a command', () => {
    expect(propertiesOf(() => read({ file: 'git', strictLimits: true }))).toEqual(['strictLimits']);
    expect(propertiesOf(() => read('git', [], { strictLimits: 1 }))).toEqual(['strictLimits']);
  });
});

describe('the policy of the environment', () => {
  it('ENV-09: keeps secrets apart from other variables, those of a call on top', () => {
    const defaults = readDefaults({ secrets: { A: 'aaaaaa', B: 'bbbbbb' } }, RUN_LIMITS);
    const command = { file: 'git', secrets: { A: 'a-of-command' } };
    const { secretLayers, envLayers } = readInvocation(
      command,
      { secrets: { A: 'a-of-call' } },
      undefined,
      defaults,
      RUN_LIMITS,
    );
    expect(secretLayers.map(({ set }) => Object.fromEntries(set))).toEqual([
      { A: 'aaaaaa', B: 'bbbbbb' },
      { A: 'a-of-command' },
      { A: 'a-of-call' },
    ]);
    expect(envLayers).toEqual([]);
  });

  it('ENV-02: takes lists of globs, those of a call in place of the defaults', () => {
    const defaults = readDefaults({ envExclude: ['A'], envInclude: ['B'] }, RUN_LIMITS);
    expect(readInvocation('git', [], { envExclude: ['C'] }, defaults, RUN_LIMITS)).toMatchObject({
      envExclude: ['C'],
      envInclude: ['B'],
    });
  });

  it('names what is wrong with globs and secrets and shows no value', () => {
    const options = { envExclude: '*_KEY', envInclude: ['', 1], secrets: { 'A=': 'hidden', B: undefined, C: 5 } };
    expect(propertiesOf(() => read('git', [], options))).toEqual([
      'envExclude',
      'envInclude[0]',
      'envInclude[1]',
      'secrets.A=',
      'secrets.B',
      'secrets.C',
    ]);
    expect(JSON.stringify(issuesOf(() => read('git', [], options)))).not.toContain('hidden');
  });
});

describe('a shell', () => {
  it('SHL-07: is off by default, and false takes back the default of a runner', () => {
    expect(read('git').shell).toBeUndefined();
    const defaults = readDefaults({ shell: true }, RUN_LIMITS);
    expect(readInvocation('ls | wc', [], undefined, defaults, RUN_LIMITS).shell).toBe(true);
    expect(() => readInvocation('ls | wc', [], { shell: false }, defaults, RUN_LIMITS)).toThrow(CommandValidationError);
  });

  it('D-07: makes a command line of the file, wherever the option stands', () => {
    expect(read('ls | wc', [], { shell: true }).file).toBe('ls | wc');
    expect(read({ file: 'ls | wc', shell: 'bash' }).file).toBe('ls | wc');
    expect(propertiesOf(() => read('ls | wc'))).toEqual(['file']);
    expect(propertiesOf(() => read('', [], { shell: true }))).toEqual(['file']);
  });

  it.each([7, {}, null, '', 'fish', '/usr/bin/python3', 'bash --norc', 'sh\0'])('SHL-06: %o is none', (shell) => {
    expect(propertiesOf(() => read('ls', [], { shell }))).toEqual(['shell']);
  });

  it('SHL-08: refuses arguments it could act on under strictShell, each by its place', () => {
    const args = ['plain', 'a;b', '$(x)', '../up', 'a/../b', 'a..b', '--fine=1', '%PATH%', '..\\up'];
    const refused = propertiesOf(() => read('ls', args, { shell: true, strictShell: true }));
    expect(refused).toEqual(['args[1]', 'args[2]', 'args[3]', 'args[4]', 'args[7]', 'args[8]']);
    expect(read('ls', args, { shell: true }).args).toEqual(args);
    expect(read('ls', args, { strictShell: true }).args).toEqual(args);
  });
});

describe('D-07: argvMetachars', () => {
  const args = ['a&b', 'https://host/?a=1&b=2', '*.ts'];

  it('leaves arguments alone by default', () => {
    expect(read('git', args).args).toEqual(args);
  });

  it('refuses them, or nothing at all, when asked to', () => {
    expect(propertiesOf(() => read('git', args, { argvMetachars: 'reject' }))).toEqual([
      ...['args[0]', 'args[1]', 'args[2]'],
    ]);
    expect(read('ls | wc', args, { argvMetachars: 'off' }).file).toBe('ls | wc');
    expect(propertiesOf(() => read('git', args, { argvMetachars: 'maybe' }))).toEqual(['argvMetachars']);
  });

  it('warns of them when asked to, by their places', () => {
    const { args: same, warnings } = read('git', ['log', ...args], { argvMetachars: 'warn' });
    expect(same).toEqual(['log', ...args]);
    expect(warnings).toEqual([expect.stringMatching(/of args\[1\], args\[2\], args\[3\];/)]);
    expect(read('git', Array<string>(9).fill('*'), { argvMetachars: 'warn' }).warnings[0]).toMatch(
      /args\[4\] and 4 more;/,
    );
    expect(propertiesOf(() => read('ls | wc', [], { argvMetachars: 'warn' }))).toEqual(['file']);
  });

  it('warns of nothing that is plain, or that a shell is there for', () => {
    expect(read('git', ['log'], { argvMetachars: 'warn' }).warnings).toEqual([]);
    expect(read('echo', args, { argvMetachars: 'warn', shell: true }).warnings).toEqual([]);
  });
});

describe('secrets', () => {
  it('reach the environment, and their values stand in no message', () => {
    expect(read('git', [], { secrets: { TOKEN: 'hunter2' } }).secretLayers).toEqual([
      { set: [['TOKEN', 'hunter2']], unset: [] },
    ]);
    const issues = issuesOf(() => read('git', [], { secrets: { 'A=B': 'hunter2', C: null, D: 'hunter2\0' } }));
    expect(issues.map((issue) => issue.property)).toEqual(['secrets.A=B', 'secrets.C', 'secrets.D']);
    expect(JSON.stringify(issues)).not.toContain('hunter2');
  });
});

describe('who a command runs as, and what it may say', () => {
  it('EXE-22: refuses numbers that are no accounts, and a user without a group', () => {
    for (const id of [-1, 1.5, 4294967295, NaN, '0', null]) {
      expect(propertiesOf(() => read('id', [], { uid: id, gid: id }))).toEqual(['uid', 'gid']);
    }
    expect(propertiesOf(() => read('id', [], { uid: 5 }))).toEqual(['gid']);
    expect(propertiesOf(() => read('id', [], { elevated: 'never' }))).toEqual(['elevated']);
    expect(read('id', [], { uid: 0, gid: 4294967294 })).toMatchObject({ uid: 0, gid: 4294967294 });
    expect(read('id', [], { gid: 7 })).toMatchObject({ uid: undefined, gid: 7 });
  });

  it('RES-02: refuses lists that hold no exit codes, or none at all', () => {
    for (const successExitCodes of [[], [-1], [1.5], ['0'], 0, [2 ** 32], Array.from({ length: 257 }, () => 0)]) {
      expect(propertiesOf(() => read('id', [], { successExitCodes }))).toEqual(['successExitCodes']);
    }
    expect(read('id', [], { successExitCodes: [0, 3221225477] }).successExitCodes).toEqual([0, 3221225477]);
  });

  it('RES-11: refuses a parser that is no function', () => {
    expect(propertiesOf(() => read('id', [], { parseErrors: 'gcc' }))).toEqual(['parseErrors']);
  });

  it('CMD-05: says what a String object or an array is instead of a command', () => {
    for (const command of [Object('git status'), ['git', 'status']]) {
      expect(issuesOf(() => read(command))).toEqual([
        { property: 'file', message: expect.stringContaining('must be a string') as string },
      ]);
    }
  });
});
