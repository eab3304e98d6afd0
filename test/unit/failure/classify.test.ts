import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../../../src/core/error-codes.js';
import { CommandValidationError, CustodyError } from '../../../src/core/errors.js';
import { classifyFailure, classifyResult } from '../../../src/failure/classify.js';
import type { FailureEvidence } from '../../../src/failure/evidence.js';
import { FAILURE_CATEGORIES } from '../../../src/failure/failure.js';
import { textRule, type FailureRule } from '../../../src/failure/rule.js';
import { SUBCODES } from '../../../src/failure/subcodes.js';
import { exited, makeResult, refused, succeeded } from './make-result.js';

const verdict = (evidence: FailureEvidence): string => {
  const { category, subcode } = classifyFailure(evidence);
  return `${category}/${subcode}`;
};

describe('FAIL-03: the order of evidence', () => {
  const texts = [
    ['argv_too_long', 'cp: Argument list too long'],
    ['permission_lock', 'cp: a: Permission denied'],
    ['missing_executable', 'sh: 1: foo: not found'],
    ['dependency', "Error: Cannot find module 'a'"],
    ['token', 'the access token has expired'],
    ['network', 'connect ECONNREFUSED'],
    ['filesystem_path', 'cat: a: No such file or directory'],
  ] as const;

  it.each(texts.slice(0, -1).map(([category], index) => ({ category, index })))(
    '$category stands before everything after it, wherever its line is',
    ({ category, index }) => {
      const stderr = texts
        .slice(index)
        .map(([, text]) => text)
        .reverse()
        .join('\n');
      expect(classifyFailure({ exitCode: 1, stderr }).category).toBe(category);
    },
  );

  it.each(['publickey', 'publickey,password', 'gssapi-with-mic', 'password'])(
    'FAIL-04: Permission denied (%s) is auth and no permission of the file system',
    (method) => {
      const stderr = `git@git.example: Permission denied (${method}).\nfatal: Could not read from remote repository.\n`;
      expect(classifyFailure({ file: 'git', args: ['clone', 'x'], exitCode: 128, stderr }).category).toBe('auth');
    },
  );

  it('FAIL-04: a clone is not a matter of network or login because it is a clone', () => {
    const args = ['clone', 'https://token@git.example/auth/network.git'];
    expect(verdict({ file: 'git', args, exitCode: 128 })).toBe('command_failed/non_zero_exit');
  });
});

describe('FAIL-09, D-45: exit statuses', () => {
  it.each([
    { evidence: { exitCode: 126 }, expected: 'permission_lock/missing_exec_bit' },
    { evidence: { exitCode: 127 }, expected: 'missing_executable/executable_not_found' },
    { evidence: { exitCode: 9009 }, expected: 'missing_executable/executable_not_found' },
    { evidence: { exitCode: 137 }, expected: 'resource_exhausted/out_of_memory' },
    { evidence: { exitCode: 139 }, expected: 'process_crash/fatal_signal' },
    { evidence: { exitCode: 143 }, expected: 'process_crash/killed_by_signal' },
    { evidence: { exitCode: 200 }, expected: 'command_failed/non_zero_exit' },
  ])('$evidence.exitCode alone is only suspected to be $expected', ({ evidence, expected }) => {
    const failure = classifyFailure(evidence);
    expect(`${failure.category}/${failure.subcode}`).toBe(expected);
    expect(failure.certainty).toBe(failure.category === 'command_failed' ? 'likely' : 'suspected');
  });

  it('137 is no sign of memory if the kill was ours, and a certain one if the kernel says so', () => {
    expect(classifyFailure({ exitCode: 137, killedByUs: true }).category).toBe('process_crash');
    expect(classifyFailure({ signal: 'SIGKILL', outOfMemory: true })).toMatchObject({
      subcode: 'out_of_memory',
      certainty: 'certain',
    });
  });

  it('an NTSTATUS is certain, as unsigned and as signed number', () => {
    for (const exitCode of [0xc0000005, 0xc0000005 | 0]) {
      expect(classifyFailure({ exitCode })).toMatchObject({ subcode: 'native_exception', certainty: 'certain' });
    }
  });
});

describe('FAIL-01, FAIL-08: what the runner refused', () => {
  const codes = Object.keys(ERROR_CODES) as ErrorCode[];
  const general: readonly ErrorCode[] = ['PROCESS_CRASHED', 'NON_ZERO_EXIT', 'UNKNOWN'];

  it.each(codes.filter((code) => !general.includes(code)))('%s alone is certain and explained', (code) => {
    const failure = classifyFailure({ errorCode: code });
    expect(failure.certainty).toBe('certain');
    expect(failure.subcode).not.toBe('unexplained');
    expect(failure.evidence).toEqual([{ source: 'runner', text: code }]);
  });

  it.each([
    { code: 'COMMAND_NOT_FOUND', missing: 'executable', expected: 'missing_executable' },
    { code: 'COMMAND_NOT_FOUND', missing: 'interpreter', expected: 'shell_environment' },
    { code: 'WORKING_DIRECTORY_NOT_FOUND', missing: 'cwd', expected: 'working_directory' },
  ] as const)('an ENOENT about the $missing is $expected', ({ code, missing, expected }) => {
    const error = new CustodyError(code, 'text', { operation: 'exec', errno: 'ENOENT', missing });
    expect(classifyResult(refused(error))?.category).toBe(expected);
  });
});

describe('classifyResult', () => {
  it('is null for a success', () => {
    expect(classifyResult(succeeded())).toBeNull();
  });

  it('takes the cause of a stop, and not the signal with which it was carried out', () => {
    const status = { signal: 'SIGKILL', coreDumped: false };
    const result = makeResult({ kind: 'stopped', cause: 'timeout', manner: 'forced', status }, { stderr: 'ENOSPC' });
    expect(classifyResult(result)).toMatchObject({ category: 'timeout', certainty: 'certain' });
  });

  it('reads bytes as well as text', () => {
    const stderr = new TextEncoder().encode('cp: No space left on device\n') as unknown as string;
    expect(classifyResult(makeResult({ kind: 'exited', exitCode: 1 }, { stderr }))?.subcode).toBe('disk_full');
  });
});

describe('FAIL-14: a pure and extensible function', () => {
  const mine: FailureRule = {
    name: 'mine',
    examine: ({ evidence, stderr }) =>
      stderr.all.some((line) => line.includes('E77'))
        ? { subcode: 'quota_of_ours', category: 'resource_exhausted', hint: 'Ask.', transient: 'it is refilled hourly' }
        : evidence.stopCause === 'timeout'
          ? { subcode: 'dns' }
          : undefined,
  };

  it('asks the rules of the caller before its own, even about what the runner saw', () => {
    expect(classifyFailure({ stderr: 'E77 ENOSPC' }, { rules: [mine] })).toEqual({
      category: 'resource_exhausted',
      subcode: 'quota_of_ours',
      certainty: 'likely',
      rule: 'mine',
      evidence: [],
      hints: ['Ask.'],
      retry: { retryable: true, reason: 'it is refilled hourly' },
      prerequisites: [],
    });
    expect(classifyFailure({ stopCause: 'timeout' }, { rules: [mine] }).category).toBe('network');
    expect(classifyFailure({ stderr: 'ENOSPC', exitCode: 1 }, { rules: [mine] }).subcode).toBe('disk_full');
  });

  it('takes patterns as a rule, without flags that remember', () => {
    const rule = textRule({ subcode: 'file_locked', any: [/^busy: /] });
    expect(classifyFailure({ exitCode: 1, stderr: 'busy: x' }, { rules: [rule] }).category).toBe('permission_lock');
    expect(() => textRule({ subcode: 'dns', any: [/a/g] })).toThrow(CommandValidationError);
  });

  it('refuses a subcode that nobody knows without a category', () => {
    const rule: FailureRule = { name: 'r', examine: () => ({ subcode: 'made_up' }) };
    expect(() => classifyFailure({}, { rules: [rule] })).toThrow(/rules\[r\] names the subcode 'made_up'/);
  });

  it('says the same twice and changes nothing', () => {
    const evidence = Object.freeze({ exitCode: 1, stderr: 'cp: x: Permission denied', args: Object.freeze(['a']) });
    expect(classifyFailure(evidence)).toEqual(classifyFailure(evidence));
  });

  it('refuses evidence of the wrong kind, all of it at once', () => {
    const wrong = { exitCode: 1.5, stdout: 3, args: [1], stopCause: 'boredom', errorCode: 'NOPE' };
    const attempt = (): unknown => classifyFailure(wrong as unknown as FailureEvidence);
    expect(attempt).toThrow(CommandValidationError);
    expect(attempt).toThrow(/evidence\.stdout.*evidence\.exitCode.*evidence\.args.*and 2 more/);
    expect(() => classifyFailure(null as unknown as FailureEvidence)).toThrow(/must be an object/);
  });
});

describe('evidence', () => {
  it('quotes at most three lines of at most 300 characters, with their stream', () => {
    const line = `cp: ${'x'.repeat(500)}: Permission denied`;
    const { evidence } = classifyFailure({ exitCode: 1, stderr: Array.from({ length: 9 }, () => line).join('\n') });
    expect(evidence).toHaveLength(3);
    for (const { source, text } of evidence) {
      expect(source).toBe('stderr');
      expect(text).toHaveLength(300);
    }
  });

  it('is read without colours and with any line end', () => {
    const red = `${String.fromCharCode(27)}[31m`;
    expect(verdict({ exitCode: 1, stderr: `${red}npm error${red} code E404\r\nmore\r` })).toBe(
      'dependency/package_not_found',
    );
  });

  it('is looked for in the first 8 KiB and the last 24 KiB of a stream', () => {
    const line = 'cp: x: No space left on device';
    const filler = `${'a line of progress '.repeat(10)}\n`.repeat(600);
    expect(verdict({ exitCode: 1, stderr: `${line}\n${filler}` })).toBe('resource_exhausted/disk_full');
    expect(verdict({ exitCode: 1, stderr: `${filler}${line}\n` })).toBe('resource_exhausted/disk_full');
    const middle = `${filler}${line}\n${filler}`;
    expect(verdict({ exitCode: 1, stderr: middle })).toBe('command_failed/non_zero_exit');
  });

  it('on standard output counts where standard error is silent and the line calls itself an error', () => {
    const stdout = 'error: connect ECONNREFUSED\n';
    expect(verdict({ exitCode: 1, stdout })).toBe('network/connection_refused');
    expect(verdict({ exitCode: 1, stdout, stderr: 'gave up\n' })).toBe('command_failed/non_zero_exit');
    expect(verdict({ exitCode: 1, stdout: '+ retry(ECONNREFUSED)\n' })).toBe('command_failed/non_zero_exit');
  });
});

describe('FAIL-15: shell features without a shell', () => {
  const hint = (file: string, args: readonly string[], stderr = '', exitCode = 1): string | undefined =>
    classifyFailure({ file, args, stderr, exitCode }).hints.find((text) => text.startsWith('No shell reads'));

  it.each([
    { file: 'cat', args: ['a', '|', 'head'], stderr: '' },
    { file: 'npm', args: ['test', '&&', 'npm', 'publish'], stderr: '' },
    { file: 'ls', args: ['*.txt'], stderr: "ls: cannot access '*.txt': No such file or directory" },
    { file: 'cat', args: ['$HOME/f'], stderr: "cat: '$HOME/f': No such file or directory" },
  ])('are hinted at: $file $args', ({ file, args, stderr }) => {
    expect(hint(file, args, stderr)).toBeDefined();
  });

  it('are hinted at where the command is a builtin', () => {
    const evidence = { file: 'cd', args: ['/'], errorCode: 'COMMAND_NOT_FOUND', missing: 'executable' } as const;
    expect(classifyFailure(evidence).hints[0]).toMatch(/'cd' is a command of the shell itself/);
  });

  it.each([
    { file: 'sh', args: ['-c', 'a | b'], stderr: '' },
    { file: '/bin/bash', args: ['|'], stderr: '' },
    { file: 'find', args: ['.', '-exec', 'ls', ';'], stderr: '' },
    { file: 'grep', args: ['a.*b', 'f'], stderr: 'grep: f: No such file or directory' },
    { file: 'awk', args: ['{print $HOME}', 'f'], stderr: 'awk: cannot open f (No such file or directory)' },
  ])('are no matter for $file $args', ({ file, args, stderr }) => {
    expect(hint(file, args, stderr)).toBeUndefined();
  });
});

describe('the table of subcodes', () => {
  it('FAIL-02: has a hint for every subcode, and a subcode for every category', () => {
    for (const { hint } of Object.values(SUBCODES)) expect(hint).toMatch(/\S.*\.$/);
    const categories = new Set(Object.values(SUBCODES).map(({ category }) => category));
    expect([...categories].sort()).toEqual([...FAILURE_CATEGORIES].sort());
  });

  it.each(['auth', 'token', 'filesystem_path/path_too_long', 'filesystem_path/reserved_name'])(
    'FAIL-11: never calls %s retryable, whatever a rule says',
    (name) => {
      const [category, only] = name.split('/');
      for (const [subcode, entry] of Object.entries(SUBCODES)) {
        if (entry.category !== category || (only !== undefined && only !== subcode)) continue;
        const rule: FailureRule = { name: 'hopeful', examine: () => ({ subcode, transient: 'hope' }) };
        expect(classifyFailure({}, { rules: [rule] }).retry.retryable).toBe(false);
      }
    },
  );

  it('FAIL-11: calls locks, recoverable clean-up and unsteady networks retryable, and a failed command not', () => {
    const retryable = (evidence: FailureEvidence): boolean => classifyFailure(evidence).retry.retryable;
    expect(retryable({ exitCode: 128, stderr: "fatal: Unable to create '/r/.git/index.lock': File exists." })).toBe(
      true,
    );
    expect(retryable({ exitCode: 1, stderr: "rmdir: failed to remove 'd': Directory not empty" })).toBe(true);
    expect(retryable({ exitCode: 1, stderr: 'connect ECONNRESET' })).toBe(true);
    expect(classifyResult(exited(1))?.retry).toEqual({
      retryable: false,
      reason: 'the command would come to the same result',
    });
  });
});
