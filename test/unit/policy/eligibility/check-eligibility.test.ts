import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandValidationError } from '../../../../src/core/errors.js';
import { checkEligibility } from '../../../../src/policy/eligibility/check-eligibility.js';
import { DENIED_EXECUTABLES } from '../../../../src/policy/eligibility/denied-executables.js';
import { ELIGIBILITY_RULES, type EligibilityRule } from '../../../../src/policy/eligibility/verdict.js';
import { ARGV_LINES, CMD_LINES, POSIX_LINES, POWERSHELL_LINES } from './command-lines.js';

type Lines = Readonly<Record<string, readonly string[]>>;

const labelled = (lines: Lines, shell: string): { shell: string; line: string; label: string }[] =>
  Object.entries(lines).flatMap(([label, each]) => each.map((line) => ({ shell, line, label })));

const LINES = [
  ...labelled(POSIX_LINES, 'sh'),
  ...labelled(CMD_LINES, 'cmd'),
  ...labelled(POWERSHELL_LINES, 'powershell'),
];
const ARGV = Object.entries(ARGV_LINES).flatMap(([label, each]) => each.map((words) => ({ words, label })));

const ruleOf = (label: string): EligibilityRule | null => (label === 'allowed' ? null : (label as EligibilityRule));

describe('a command line', () => {
  it('ELG-01: is one of at least 200 that were labelled by hand, and every rule has some', () => {
    expect(LINES.length + ARGV.length).toBeGreaterThanOrEqual(200);
    const labels = new Set([...LINES, ...ARGV].map(({ label }) => label));
    const byList = ['denied', 'not-allowed'];
    expect([...labels].sort()).toEqual(
      ['allowed', ...Object.keys(ELIGIBILITY_RULES)].filter((rule) => !byList.includes(rule)).sort(),
    );
  });

  it.each(LINES)(
    'ELG-01, ELG-02: of $shell gets the verdict of its label: $line ($label)',
    ({ shell, line, label }) => {
      const { verdict, rule, reason, subject } = checkEligibility({ file: line, shell });
      const expected = ruleOf(label);
      expect({ rule, reason, subject }).toMatchObject({ rule: expected });
      expect(verdict).toBe(expected === null ? 'allowed' : ELIGIBILITY_RULES[expected].verdict);
      expect(reason === null).toBe(expected === null);
    },
  );

  it.each(ARGV)('ELG-02, ELG-05: given as words gets the verdict of its label: $words ($label)', ({ words, label }) => {
    const [file = '', ...args] = words;
    expect(checkEligibility({ file, args })).toMatchObject({ rule: ruleOf(label) });
  });

  it('ELG-05: gets the same verdict as a line, as an argument of sh and of bash', () => {
    for (const { line, label } of labelled(POSIX_LINES, 'sh')) {
      for (const file of ['sh', 'bash'])
        expect(checkEligibility({ file, args: ['-c', line] }), line).toMatchObject({ rule: ruleOf(label) });
    }
  });

  it('ELG-05: names what stands around the command that decided, outermost first, and none of its arguments', () => {
    const found = checkEligibility({ file: 'timeout', args: ['5', 'sh', '-c', 'env A=s3cret vite --token s3cret'] });
    expect(found).toEqual({
      verdict: 'manual_only',
      rule: 'server',
      reason: 'vite serves until it is stopped',
      subject: 'vite',
      via: ['timeout', 'sh', 'env'],
    });
  });
});

describe('the worst of a line', () => {
  it('decides, wherever it stands', () => {
    expect(checkEligibility({ file: 'vite; vim x; nohup y', shell: true })).toMatchObject({
      rule: 'background',
      subject: 'nohup',
    });
    expect(checkEligibility({ file: 'vite; vim x', shell: true })).toMatchObject({ rule: 'server' });
  });
});

describe('policy lists', () => {
  const policy = { deniedExecutables: DENIED_EXECUTABLES };

  it('ELG-03: hold the strict list of names', () => {
    expect(DENIED_EXECUTABLES.join(' ')).toBe(
      'rm del rmdir rd format fdisk dd mkfs shutdown reboot halt chmod chown sudo su passwd curl wget nc netcat ncat',
    );
  });

  it.each(DENIED_EXECUTABLES)('ELG-03: compare the base name without extension in any case: %s', (name) => {
    for (const file of [
      name,
      `/usr/bin/${name}`,
      `C:\\Windows\\${name.toUpperCase()}.EXE`,
      `./${name}.sh`,
      `${name}.ext4`,
    ]) {
      expect(checkEligibility({ file, args: ['x'] }, policy), file).toMatchObject({
        verdict: 'blocked',
        rule: 'denied',
        subject: name,
      });
    }
    expect(checkEligibility({ file: `x${name}`, args: ['x'] }, policy).rule).not.toBe('denied');
  });

  it.each([
    'sh -c "rm -rf x"',
    'find . -exec rm {} ;',
    'ls | xargs rm',
    'env -i rm x',
    'npx rm x',
    'echo $(curl x)',
    'A=b timeout 5 nice sudo ls',
    'busybox rm x',
    'ssh host "rm -rf /"',
    'f() { rm x; }; f',
    'true && \\rm x',
    'r""m x',
    'eval "rm x"',
    'cmd /c del x',
    'powershell -Command "rm x"',
    'bash <<< "rm x"',
    'echo "${x:-$(rm y)}"',
  ])('ELG-03: look into wrappers: %s', (line) => {
    expect(checkEligibility({ file: line, shell: true }, policy)).toMatchObject({ rule: 'denied' });
  });

  it.each(['cmd', 'sh'])('ELG-03: know the glued switches of cmd.exe, as a line of %s', (shell) => {
    const line = shell === 'cmd' ? 'del/q x' : 'cmd /c "del/q x"';
    expect(checkEligibility({ file: line, shell }, policy)).toMatchObject({ rule: 'denied', subject: 'del' });
  });

  it('ELG-03: may name what alone is run, wrappers and what they run', () => {
    const allowedExecutables = ['git', 'SH', 'echo.exe'];
    const check = (line: string): unknown => checkEligibility({ file: line, shell: true }, { allowedExecutables }).rule;
    expect([check('git status'), check('sh -c "git status"'), check('cd x && git status')]).toEqual([null, null, null]);
    expect([check('make'), check('sh -c make'), check('git status | tee x')]).toEqual(Array(3).fill('not-allowed'));
    expect(checkEligibility({ file: 'echo', args: ['make'] }, { allowedExecutables })).toMatchObject({
      verdict: 'allowed',
    });
  });
});

describe('package scripts', () => {
  const scripts = {
    build: 'tsc && npm run bundle',
    bundle: 'vite build',
    check: 'npm run lint && npm run types',
    lint: 'eslint .',
    types: 'npm run check',
    web: 'vite',
    all: 'npm-run-all build web',
    pretest: 'docker compose up -d',
    test: 'vitest run',
    e2e: 'playwright test',
    constructor: 'nohup x',
  };
  const check = (line: string): unknown => checkEligibility({ file: line, shell: true }, { scripts }).rule;

  it('ELG-02: are looked into, and scripts that call scripts', () => {
    expect([check('npm run build'), check('pnpm check'), check('yarn e2e')]).toEqual([null, null, null]);
    expect([check('npm run web'), check('yarn web'), check('pnpm run web --port 1')]).toEqual(Array(3).fill('server'));
    expect(checkEligibility({ file: 'npm', args: ['run', 'web'] }, { scripts }).via).toEqual(['npm', 'web']);
  });

  it('ELG-02: include what runs before and after them, and the arguments that are put after them', () => {
    expect(check('npm test')).toBe('background');
    expect(check('npm run e2e -- --ui')).toBe('browser');
    expect(check('npm run constructor')).toBe('background');
    expect(check('npm run toString')).toBeNull();
  });

  it('ELG-10: that are called as those of development are held to be some, whatever they say', () => {
    expect(checkEligibility({ file: 'npm', args: ['run', 'dev'] }, { scripts: { dev: 'tsc' } })).toMatchObject({
      rule: 'dev-script',
    });
  });
});

describe('input that is not valid', () => {
  it.each([
    [{ file: '' }, {}, 'file'],
    [{ file: 'x', args: 'y' }, {}, 'args'],
    [{ file: 'x', shell: 'tcl' }, {}, 'shell'],
    [{ file: 'x' }, { mode: 'on' }, 'eligibility.mode'],
    [{ file: 'x' }, { denied: [] }, 'eligibility.denied'],
    [{ file: 'x' }, { scripts: { a: 1 } }, 'eligibility.scripts'],
  ])('is refused by name: %j %j', (subject, policy, property) => {
    const check = (): unknown => checkEligibility(subject as never, policy as never);
    expect(check).toThrow(CommandValidationError);
    expect(check).toThrow(property);
  });
});

describe('hostile input', () => {
  const policy = { deniedExecutables: DENIED_EXECUTABLES };

  it('ELG-02: of any kind gets a verdict', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('sh', '-c', '$(', '`', '"', "'", '((', '<<E', 'env', '-S', '&', 'cmd', '/c', '{', '${', '\n'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), fc.constantFrom('sh', 'cmd', 'powershell'), (words, shell) => {
        const line = `x${words.join(' ').replaceAll('\0', '')}`;
        expect(['allowed', 'manual_only', 'blocked']).toContain(
          checkEligibility({ file: line, shell }, policy).verdict,
        );
        expect(['allowed', 'manual_only', 'blocked']).toContain(
          checkEligibility({ file: 'sh', args: words }, policy).verdict,
        );
      }),
    );
  });

  it.each([
    ['sh', '$('],
    ['sh', '"$('],
    ['sh', '`'],
    ['sh', '${x:-'],
    ['sh', '('],
    ['sh', 'a;'],
    ['sh', 'sh -c '],
    ['sh', 'env '],
    ['sh', "'"],
    ['sh', '\\'],
    ['sh', 'cat <<E\n'],
    ['sh', 'A=b '],
    ['sh', '$(a) '],
    ['sh', '-'],
    ['cmd', '%'],
    ['cmd', 'if '],
    ['cmd', '"'],
    ['powershell', '$('],
    ['powershell', '`'],
  ])('ELG-02: takes no more than its length asks for: %s %s', (shell, piece) => {
    // Quadratic work on this many pieces would take longer than a test may.
    expect(checkEligibility({ file: `x${piece.repeat(30_000)}`, shell }, policy)).toBeDefined();
    expect(checkEligibility({ file: 'sh', args: ['-' + 'c'.repeat(30_000) + '!', 'x'] }, policy)).toBeDefined();
  });

  it('ELG-02: that is to be read twice at each level is read no more often than depth needs', () => {
    const twice = (depth: number): string =>
      depth === 0 ? 'ls' : `sh <<E${depth}\n: $(${twice(depth - 1)})\nE${depth}\n`;
    expect(checkEligibility({ file: twice(11), shell: true })).toBeDefined();
  });

  it('ELG-02: of scripts that call each other over and over is judged once each', () => {
    const scripts = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [
        `s${at}`,
        Array(20)
          .fill(`npm run s${at + 1}`)
          .join(' && '),
      ]),
    );
    expect(checkEligibility({ file: 'npm', args: ['run', 's0'] }, { scripts })).toMatchObject({ rule: 'too-deep' });
  });
});
