import { describe, expect, it } from 'vitest';
import { CommandValidationError } from '../../../src/core/errors.js';
import { readDefaults, readInvocation, type Invocation } from '../../../src/core/invocation.js';
import { RUN_LIMITS } from '../../../src/policy/limits.js';

const standard = readDefaults(undefined, RUN_LIMITS);

const read = (options: object): Invocation => readInvocation('git', [], options, standard, RUN_LIMITS);

/** What is said about options, as `property message`. */
function problemsOf(options: object): string[] {
  try {
    read(options);
  } catch (error) {
    if (error instanceof CommandValidationError)
      return error.issues.map((issue) => `${issue.property} ${issue.message}`);
    throw error;
  }
  return [];
}

describe('options about output', () => {
  it.each<[object, string]>([
    [{ overflow: 'middle' }, 'overflow'],
    [{ truncationMarker: 0 }, 'truncationMarker must be true or false'],
    [{ captureOutput: 'no' }, 'captureOutput must be true or false'],
    [{ newlines: 'crlf' }, 'newlines'],
    [{ stdio: 'pipe' }, 'stdio'],
    [{ onLine: 'log' }, 'onLine must be a function'],
    [{ onChunk: {} }, 'onChunk must be a function'],
    [{ onEnd: null }, 'onEnd must be a function'],
    [{ chunkBytes: 0 }, 'chunkBytes'],
    [{ chunkBytes: 65_537 }, 'chunkBytes'],
    [{ backpressure: 'wait' }, 'backpressure'],
    [{ tee: 7 }, 'tee must be a path or { file }'],
    [{ tee: null }, 'tee must be a path or { file }'],
    [{ tee: {} }, 'tee.file'],
    [{ tee: { file: 'a', maxBytes: 0 } }, 'tee.maxBytes'],
    [{ tee: { file: 'a', append: 'yes' } }, 'tee.append must be true or false'],
    [{ tee: { file: 'a', stream: 'both' } }, 'tee.stream'],
    [{ tee: { file: 'a', path: 'b' } }, 'tee.path is not an option of tee'],
  ])('%o are refused by name', (options, problem) => {
    expect(problemsOf(options)).toEqual([expect.stringContaining(problem)]);
  });

  it('OUT-18: tee takes a path, or all there is to say about it', () => {
    expect(read({ tee: 'a' }).tee).toEqual({ file: 'a', maxBytes: 1024 ** 3, append: false, stream: undefined });
    const tee = { file: 'a', maxBytes: 5, append: true, stream: 'stderr' };
    expect(read({ tee }).tee).toEqual(tee);
  });

  it('go together or are refused together', () => {
    async function* input(): AsyncGenerator<string> {
      yield await Promise.resolve('text');
    }
    expect(problemsOf({ stdio: 'merged', stderr: 'ignore' })).toEqual([
      expect.stringContaining('stderr must be left out'),
    ]);
    expect(problemsOf({ input: input(), stdin: 'ignore' })).toEqual([
      expect.stringContaining('stdin must be left out'),
    ]);
    expect(problemsOf({ input: 'text', stdin: 'inherit' })).toEqual([expect.stringContaining("stdin must be 'pipe'")]);
    for (const options of [{ input: 'text' }, { input: input() }, { stdin: 'pipe' }]) {
      expect(problemsOf({ ...options, containment: 'none' })).toEqual([expect.stringContaining('containment')]);
    }
  });
});

describe('redact', () => {
  it.each<[unknown, string]>([
    ['all', 'redact must be true, false or an object'],
    [null, 'redact must be true, false or an object'],
    [['secret'], 'redact must be true, false or an object'],
    [{ value: ['secret'] }, 'redact.value is not one of'],
    [{ builtIn: 1 }, 'redact.builtIn must be true or false'],
    [{ bytes: 'yes' }, 'redact.bytes must be true or false'],
    [{ values: 'secret' }, 'redact.values'],
    [{ patterns: [7] }, 'redact.patterns[0]'],
  ])('%o is refused by name', (redact, problem) => {
    expect(problemsOf({ redact })).toEqual([expect.stringContaining(problem)]);
  });

  it('ENV-16: false shows the result alone, and true takes that back', () => {
    const shown = readDefaults({ redact: { values: ['hunter2'] } }, RUN_LIMITS);
    const invocation = readInvocation('git', [], { redact: false }, shown, RUN_LIMITS);
    expect(invocation.redact).toMatchObject({ inResult: false, values: ['hunter2'] });
    const again = readInvocation('git', [], { redact: true }, shown, RUN_LIMITS);
    expect(again.redact).toMatchObject({ inResult: true, builtIn: true, values: ['hunter2'] });
  });

  it('ENV-10: puts the values of a call on top of those of its runner', () => {
    const base = readDefaults({ redact: { values: ['hunter2'], bytes: true, builtIn: false } }, RUN_LIMITS);
    const options = { redact: { values: ['swordfish'], patterns: ['corp-[0-9]+'] } };
    expect(readInvocation('git', [], options, base, RUN_LIMITS).redact).toEqual({
      inResult: true,
      builtIn: true,
      inBytes: true,
      values: ['hunter2', 'swordfish'],
      patterns: ['corp-[0-9]+'],
    });
  });
});

describe('correlation', () => {
  it.each<[unknown, string]>([
    ['s-1', 'correlation must be an object'],
    [null, 'correlation must be an object'],
    [{ sesionId: 's-1' }, 'correlation.sesionId is not an id; did you mean sessionId?'],
    [{ somethingElse: 's-1' }, 'correlation.somethingElse is not an id'],
    [{ sessionId: 7 }, 'correlation.sessionId'],
  ])('%o is refused by name', (correlation, problem) => {
    expect(problemsOf({ correlation })).toEqual([expect.stringContaining(problem)]);
  });

  it('RES-08: takes the ids that are given', () => {
    expect(read({ correlation: { sessionId: 's-1', taskId: undefined } }).correlation).toEqual({ sessionId: 's-1' });
  });
});

describe('limits and variables', () => {
  it('CMD-11: name what is no limit, with the nearest that is', () => {
    expect(problemsOf({ limits: { memoryByte: 5 } })).toEqual([
      'limits.memoryByte is not a limit; did you mean memoryBytes?',
    ]);
    expect(problemsOf({ limits: { disk: 5 } })).toEqual(['limits.disk is not a limit']);
  });

  it.each([null, 7, ['A=1'], new Map([['A', '1']])])('CMD-10: variables cannot be %o', (env) => {
    expect(problemsOf({ env })).toEqual(['env must be an object of strings']);
  });

  it('CMD-14: are no more than a process could be given', () => {
    const env = Object.fromEntries(Array.from({ length: RUN_LIMITS.maxEnvNames + 1 }, (_, index) => [`N${index}`, '']));
    expect(problemsOf({ env })).toEqual([`env must have at most ${RUN_LIMITS.maxEnvNames} names`]);
  });
});
