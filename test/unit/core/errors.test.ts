import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../src/core/error-codes.js';
import { CommandValidationError, CustodyError, WorkingDirectoryError } from '../../../src/core/errors.js';

describe('CustodyError', () => {
  it('RES-07: carries code, operation and cause', () => {
    const cause = new Error('inner');
    const error = new CustodyError('UNKNOWN', 'text', { operation: 'exec', cause, errno: 'EIO' });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'CustodyError', code: 'UNKNOWN', operation: 'exec', cause, errno: 'EIO' });
  });

  it('has no cause unless it was given one', () => {
    expect('cause' in new CustodyError('UNKNOWN', 'text', { operation: 'exec' })).toBe(false);
  });

  it('becomes plain data in JSON, with its message', () => {
    const error = new WorkingDirectoryError('no such place', { operation: 'chdir', errno: 'ENOENT' });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      ...{ name: 'WorkingDirectoryError', code: 'WORKING_DIRECTORY_NOT_FOUND', operation: 'chdir' },
      ...{ message: 'no such place', errno: 'ENOENT', missing: 'cwd' },
    });
  });
});

describe('CommandValidationError', () => {
  const issues = ['a', 'b', 'c', 'd', 'e'].map((property) => ({ property, message: 'is wrong' }));

  it('spells out the first issues and counts the rest', () => {
    expect(new CommandValidationError(issues).message).toBe(
      'invalid command: a is wrong; b is wrong; c is wrong; and 2 more',
    );
  });

  it('has all issues as data', () => {
    const error = new CommandValidationError(issues);
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', property: 'a', issues });
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ property: 'a', issues });
  });
});

describe('the table of codes', () => {
  it('gives every code a number of its own, a cause and a remedy', () => {
    const entries = Object.values(ERROR_CODES);
    expect(new Set(entries.map((entry) => entry.number)).size).toBe(entries.length);
    for (const entry of entries) {
      expect(entry.number).toMatch(/^EXE-\d{3}$/);
      expect(entry.cause).toMatch(/\.$/);
      expect(entry.remedy).toMatch(/\.$/);
    }
  });
});
