import { expect, it } from 'vitest';
import { isoTime } from '../../../src/core/iso-time.js';

it.each([0, 1, 999, 1000, 1001, 1_700_000_000_000, 1_700_000_000_999.9, 1_700_000_001_000, 5, -1, 253_402_300_800_000])(
  'RES-04: says of %d what Date says',
  (epochMs) => {
    expect(isoTime(epochMs)).toBe(new Date(Math.floor(epochMs)).toISOString());
  },
);
