import { describe, expect, it } from 'vitest';
import { formatByteCount, formatDuration, parseByteCount, parseDurationMs } from '../../../src/cli/quantity.js';

describe('parseDurationMs', () => {
  it.each([
    ['60', 60_000],
    ['0.5', 500],
    ['30s', 30_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['30d', 2_592_000_000],
    ['0', 0],
    ['0.4ms', 0],
  ])('reads %s as %d ms', (text, durationMs) => {
    expect(parseDurationMs(text)).toBe(durationMs);
  });

  it.each(['', 's', '-1', '+5', '1e3', '1 s', '30S', '10w', '.5', '5.', 'Infinity', '0x10', '1s2'])(
    'does not take "%s" for a duration',
    (text) => {
      expect(parseDurationMs(text)).toBeUndefined();
    },
  );
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [1.4, '1 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1_244, '1.24 s'],
    [59_994, '59.99 s'],
    [59_996, '1 m'],
    [185_000, '3 m 05 s'],
    [300_000, '5 m'],
    [3_599_400, '59 m 59 s'],
    [3_599_600, '1 h'],
    [7_500_000, '2 h 05 m'],
    [86_400_000, '24 h'],
  ])('writes %d ms as %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

describe('parseByteCount', () => {
  it.each([
    ['1024', 1_024],
    ['512K', 524_288],
    ['10m', 10_485_760],
    ['1g', 1_073_741_824],
  ])('reads %s as %d bytes', (text, bytes) => {
    expect(parseByteCount(text)).toBe(bytes);
  });

  it.each(['', 'K', '1.5M', '-1', '1T', '1 K'])('does not take "%s" for a size', (text) => {
    expect(parseByteCount(text)).toBeUndefined();
  });
});

describe('formatByteCount', () => {
  it.each([
    [1_000, '1000 bytes'],
    [65_536, '64 KiB'],
    [1_048_576, '1 MiB'],
    [1_048_577, '1048577 bytes'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatByteCount(bytes)).toBe(text);
  });
});
