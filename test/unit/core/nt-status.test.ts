import { describe, expect, it } from 'vitest';
import { exceptionName } from '../../../src/core/nt-status.js';

describe('exceptionName', () => {
  it.each([
    [0xc000_0005, 'STATUS_ACCESS_VIOLATION'],
    [0xc000_00fd, 'STATUS_STACK_OVERFLOW'],
    [0xc000_0409, 'STATUS_STACK_BUFFER_OVERRUN'],
    [0xc000_4321, '0xC0004321'],
    [0xcfff_ffff, '0xCFFFFFFF'],
  ])('EXE-16: calls %d %s', (code, name) => {
    expect(exceptionName(code)).toBe(name);
  });

  it.each([0, 1, 255, 256, 0x7fff_ffff, 0x8000_0003, 0xbfff_ffff, 0xd000_0000, 0xe06d_7363, 0xffff_ffff, -1])(
    'EXE-16: takes %d for an exit like any other',
    (code) => {
      expect(exceptionName(code)).toBeUndefined();
    },
  );
});
