import { expect, it } from 'vitest';
import { parseClockDuration } from '../../../src/core/duration-text.js';

it.each([
  ['00:05:00', 300_000],
  ['01:00:00', 3_600_000],
  ['0:00:01', 1000],
  ['00:00:00.250', 250],
  ['00:00:01.5', 1500],
  ['1.02:30:00.125', 95_400_125],
])('CMD-02: reads %s', (text, ms) => {
  expect(parseClockDuration(text)).toBe(ms);
});

it.each(['', '5', '05:00', '00:60:00', '00:00:60', '-00:00:01', '00:00:01s', '00:00:00.', 'Infinity'])(
  'CMD-02: takes %o for no duration',
  (text) => {
    expect(parseClockDuration(text)).toBeUndefined();
  },
);
