import { describe, expect, it } from 'vitest';
import { formatAge, formatInstant, parseInstantMs } from '../../../src/cli/instant.js';

const now = Date.UTC(2026, 10, 28, 14, 0, 0);

describe('an instant', () => {
  it('is typed as a date or a time, in local time unless it says a zone', () => {
    expect(parseInstantMs('2026-11-28T13:00:00Z', now)).toBe(now - 3_600_000);
    expect(parseInstantMs('2026-11-28T14:00:00+01:00', now)).toBe(now - 3_600_000);
    expect(parseInstantMs('2026-11-28', now)).toBe(new Date(2026, 10, 28).getTime());
    expect(parseInstantMs('2026-11-28 07:30', now)).toBe(new Date(2026, 10, 28, 7, 30).getTime());
  });

  it('is typed as so long ago', () => {
    expect(parseInstantMs('2h', now)).toBe(now - 7_200_000);
    expect(parseInstantMs('30d', now)).toBe(now - 30 * 86_400_000);
  });

  it.each(['', 'soon', '5', '2026', '2026-13-01', '2026-02-30', '2026-11-28T25:00', '28.11.2026', '-2h'])(
    'is not %j',
    (text) => {
      expect(parseInstantMs(text, now)).toBeUndefined();
    },
  );

  it('is shown in local time, and comes back as it was', () => {
    expect(formatInstant(now)).toMatch(/^2026-11-2[789] \d\d:00:00$|^2026-11-28 \d\d:\d\d:00$/);
    expect(parseInstantMs(formatInstant(now), 0)).toBe(now);
  });

  it.each([
    [0, 'just now'],
    [999, 'just now'],
    [1_000, '1 s ago'],
    [59_999, '59 s ago'],
    [60_000, '1 m ago'],
    [3_600_000, '1 h ago'],
    [86_399_999, '23 h ago'],
    [86_400_000, '1 d ago'],
    [40 * 86_400_000, '40 d ago'],
  ])('%d ms ago is said as %s', (ageMs, text) => {
    expect(formatAge(now - ageMs, now)).toBe(text);
  });

  it('in the future is said as what it is', () => {
    expect(formatAge(now + 60_000, now)).toBe(formatInstant(now + 60_000));
  });
});
