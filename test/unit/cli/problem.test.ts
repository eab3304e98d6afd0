import { describe, expect, it } from 'vitest';
import { Problem, renderProblem } from '../../../src/cli/problem.js';
import { CustodyError } from '../../../src/core/errors.js';

describe('what ends a command of the CLI', () => {
  it.each([
    [
      new Problem('there is no store', 'run something first', 1),
      'custody: there is no store; run something first\n',
      1,
    ],
    [new Problem('no such id'), 'custody: no such id\n', 2],
    [
      new CustodyError('COMMAND_NOT_FOUND', 'x: not found', { operation: 'exec' }),
      'custody: x: not found; correct its name or PATH, or install it\n',
      127,
    ],
    [new CustodyError('VALIDATION_FAILED', 'bad', { operation: 'validate' }), 'custody: bad\n', 2],
  ])('CLI-08: is one sentence with the remedy: %s', (error, text, exitCode) => {
    expect(renderProblem(error, false)).toEqual({ text, exitCode });
  });

  it('CLI-08: shows a stack trace of a defect only to whoever asks for it', () => {
    const defect = new TypeError('x is not a function');
    const { text, exitCode } = renderProblem(defect, false);
    expect(exitCode).toBe(1);
    expect(text).toContain('internal error: x is not a function');
    expect(text).not.toContain(' at ');
    expect(renderProblem(defect, true).text).toContain(defect.stack);
    expect(renderProblem('thrown text', true).text).toContain('thrown text');
  });
});
