import { describe, expect, it } from 'vitest';
import { lengthToBorder, startOfBorder } from '../../../src/core/utf8.js';

const characters = ['a', 'ü', '€', '🙂'];

describe('lengthToBorder', () => {
  it.each(characters)('leaves a whole %s', (character) => {
    const bytes = Buffer.from(`x${character}`);
    expect(lengthToBorder(bytes)).toBe(bytes.length);
  });

  it.each(characters.slice(1))('cuts off every part of %s', (character) => {
    const bytes = Buffer.from(`x${character}`);
    for (let length = 2; length < bytes.length; length += 1) expect(lengthToBorder(bytes.subarray(0, length))).toBe(1);
  });

  it.each([[[0xff]], [[0x80, 0x80, 0x80, 0x80, 0x80]], [[0x61, 0xc0]], [[]]])(
    'leaves %o, which is no UTF-8',
    (bytes) => {
      expect(lengthToBorder(Uint8Array.from(bytes))).toBe(bytes.length);
    },
  );
});

describe('startOfBorder', () => {
  it.each(characters)('skips what is left of a cut %s', (character) => {
    const bytes = Buffer.from(`${character}x`);
    for (let cut = 1; cut < bytes.length; cut += 1)
      expect(startOfBorder(bytes.subarray(cut))).toBe(bytes.length - 1 - cut);
  });

  it('skips no more than a character can have left', () => {
    expect(startOfBorder(new Uint8Array(10).fill(0x80))).toBe(3);
  });
});
