// Promised    : registered values and what looks like a secret are not shown, whatever stands around them; everything else is.
// Not promised: secrets that nobody registered and that look like ordinary text.
import { describe, expect, it } from 'vitest';
import type { Redactor } from '../../../../src/core/redactor.js';
import { createRedactor } from '../../../../src/policy/redaction/create-redactor.js';

/** Microseconds of CPU that `action` takes. */
function costOf(action: () => void): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function redactorOf(values: readonly string[], builtIn = false, patterns: readonly string[] = []): Redactor {
  const named = values.map((value, index) => [`secret ${String(index)}`, value] as const);
  return createRedactor({ values: named, builtIn, patterns, longRuns: false });
}

const patterns = redactorOf([], true);

describe('registered values', () => {
  it('ENV-10: are replaced wherever they stand, and nothing else is', () => {
    expect(redactorOf(['hunter2xyz']).redact('a hunter2xyz, hunter2xyzhunter2xyz; hunter2')).toBe(
      'a [REDACTED], [REDACTED][REDACTED]; hunter2',
    );
  });

  it('ENV-10: are replaced as one where they overlap', () => {
    expect(redactorOf(['abcdef', 'defghi']).redact('xabcdefghix')).toBe('x[REDACTED]x');
    expect(redactorOf(['aaaaaa']).redact('aaaaaaaa')).toBe('[REDACTED]');
    expect(redactorOf(['abcdef', 'abcdefghij']).redact('abcdefghij abcdef')).toBe('[REDACTED] [REDACTED]');
  });

  it.each([
    ['everywhere', ''],
    ['almost everywhere', 'b'],
  ])('ENV-10: take time linear in the text, also a long one that begins %s', (_where, end) => {
    const text = 'a'.repeat(100_000);
    const [short, long] = [40, 20_000].map((length) => redactorOf([`${'a'.repeat(length)}${end}`]));
    const cost = costOf(() => short!.redact(text));
    // Compared at each place it would take some 500 times as long.
    expect(costOf(() => long!.redact(text))).toBeLessThan(32 * cost + 200_000);
    expect(long!.redact(text)).toBe(end === '' ? '[REDACTED]' : text);
  });

  it('are no expressions', () => {
    expect(redactorOf(['a.c+(x)$-/']).redact('abc+(x)$-/ a.c+(x)$-/')).toBe('abc+(x)$-/ [REDACTED]');
  });

  it('ENV-14: are found over lines, with either line end, and line by line', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n';
    const redactor = redactorOf([key]);
    expect(redactor.redact(`<${key.trim()}>`)).toBe('<[REDACTED]>');
    expect(redactor.redact(`<${key.trim().replaceAll('\n', '\r\n')}>`)).toBe('<[REDACTED]>');
    expect(redactor.redact('  > hkiG9w0BAQEFAASC')).toBe('  > [REDACTED]');
    expect(redactor.redact('-----BEGIN KEY-----')).toBe('-----BEGIN KEY-----');
  });

  it('ENV-10: are found as JSON, percent and base64 encodings write them', () => {
    const value = 'pa"ss\\wö rd/+';
    const redactor = redactorOf([value]);
    for (const form of [
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      Buffer.from(value).toString('base64'),
      Buffer.from(value).toString('base64url'),
    ]) {
      expect(redactor.redact(`<${form}>`), form).toMatch(/^<\[REDACTED\]=*>$/);
    }
  });

  it('ENV-14: are refused with a warning that does not show them when they are very short', () => {
    const redactor = redactorOf(['short', '', 'long enough']);
    expect(redactor.redact('a short text')).toBe('a short text');
    expect(redactor.warnings).toEqual(['secret 0 is not redacted: it has fewer than 6 characters']);
  });

  it('ENV-14: leave no piece of more than a character where the text was cut', () => {
    const redactor = redactorOf(['hunter2xyz']);
    expect(redactor.redact('the hunt', { end: true })).toBe('the [REDACTED]');
    expect(redactor.redact('r2xyz the', { start: true })).toBe('[REDACTED] the');
    expect(redactor.redact('unter2x', { start: true, end: true })).toBe('[REDACTED]');
    expect(redactor.redact('the hunt')).toBe('the hunt');
    expect(redactor.redact('the h', { end: true })).toBe('the h');
  });

  it('are masked in bytes without changing their length, and bytes without a secret are not copied', () => {
    const redactor = redactorOf(['gehüim €']);
    const bytes = Buffer.from([0xff, ...Buffer.from('gehüim €'), 0x80]);
    const masked = redactor.mask(bytes);
    expect(Buffer.from(masked)).toEqual(Buffer.from([0xff, ...Buffer.from('***********'), 0x80]));
    const clean = Buffer.from([0xff, 0x00]);
    expect(redactor.mask(clean)).toBe(clean);
  });

  it('are one whole for a reader who begins in the middle of one', () => {
    expect(redactorOf(['hunter2xyz']).redact('a hunter2xyz b', {}, 6)).toBe('[REDACTED] b');
    expect(redactorOf(['hunter2xyz']).redact('a hunter2xyz b', {}, 12)).toBe(' b');
  });
});

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r';

describe('what looks like a secret', () => {
  it.each([
    ['api_key=abcdefghij0123456789', 'api_key=[REDACTED]'],
    ['"apiKey": "ABCDEFGHIJKLMNOPQRST-12"', '"apiKey": "[REDACTED]"'],
    ['API-KEY: abcdefghij0123456789', 'API-KEY: [REDACTED]'],
    ['password=letmein', 'password=[REDACTED]'],
    ['DB_PASSWORD=letmein&x=1', 'DB_PASSWORD=[REDACTED]&x=1'],
    ['"password": "correct horse"', '"password": "[REDACTED]"'],
    ['password: hunter2hunter2', 'password: [REDACTED]'],
    ['A_TOKEN=letmein\0B=1\0', 'A_TOKEN=[REDACTED]\0B=1\0'],
    ['client_secret = s3cr3t-value', 'client_secret = [REDACTED]'],
    ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG', 'AWS_SECRET_ACCESS_KEY=[REDACTED]'],
    ['https://x.test/?token=abcd1234&b=2', 'https://x.test/?token=[REDACTED]&b=2'],
    ['token = https://x.test/?token=abcd1234', 'token = [REDACTED]'],
    [`token=${'x'.repeat(700)} end`, 'token=[REDACTED] end'],
    ['key sk-abcdefghij0123456789 end', 'key [REDACTED] end'],
    [`(ghp_${'a1'.repeat(18)})`, '([REDACTED])'],
    [`cookie ${JWT};`, 'cookie [REDACTED];'],
    ['Authorization: Bearer abcdef123456', 'Authorization: Bearer [REDACTED]'],
    ['auth: dXNlcjpwYXNzd29yZA==', 'auth: [REDACTED]'],
    ['curl -H "bearer abcdefgh12345678"', 'curl -H "bearer [REDACTED]"'],
  ])('ENV-11: %j is shown as %j', (text, shown) => {
    expect(patterns.redact(text)).toBe(shown);
  });

  it.each([
    'The password must have eight characters, and the secret of a good token is that nobody reads it.',
    'Enter your password: please',
    'error TS2322: const token: string = getToken();',
    'const token = parser.nextToken();',
    'password=${PASSWORD} token=$TOKEN secret=<hidden> password=null',
    'max_tokens: 4096, tokens=1200, token=512',
    'the bearer of this letter authorizes nobody; author: Jane Doe; authentication required',
    'a task-abcdefghij0123456789 is no key, a risk-taker neither',
    'commit 25642b2f0c3d7a1e9b8f6d5c4a3b2918273645af',
    'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'id 123e4567-e89b-12d3-a456-426614174000',
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4',
    '/usr/lib/node_modules/secret-santa/token/index.js:12:5',
  ])('ENV-10: %j is left alone', (text) => {
    expect(patterns.redact(text)).toBe(text);
  });

  it('ENV-14: is judged strictly where the text was cut', () => {
    expect(patterns.redact('key ghp_a1b2', { end: true })).toBe('key [REDACTED]');
    expect(patterns.redact('password: hun', { end: true })).toBe('password: [REDACTED]');
    expect(patterns.redact('a1b2c3d4e5f6a7b8c9 rest', { start: true })).toBe('[REDACTED] rest');
    expect(patterns.redact('ordinary words in the rest', { start: true, end: true })).toBe(
      'ordinary words in the rest',
    );
  });

  it('takes time linear in the text, also of a text that is made to take more', () => {
    const hostile = ['token:', 'auth=', 'eyJaaaaa-', 'eyJaaaaa.', 'bearer ', 'password "', 'sk-', 'secret\t'];
    for (const word of hostile) {
      const costOfMany = (count: number): number => {
        const text = word.repeat(count);
        return costOf(() => patterns.redact(text));
      };
      costOfMany(20_000);
      // Quadratic time would be 256 times as long; the addend is for a cost too small to be measured.
      expect(costOfMany(320_000), word).toBeLessThan(64 * costOfMany(20_000) + 200_000);
    }
  });
});

describe('patterns of the user', () => {
  it('ENV-15: understand (?i) and redact their matches', () => {
    expect(redactorOf([], false, ['(?i)corp-[a-z]{4}']).redact('CORP-abcd corp-x')).toBe('[REDACTED] corp-x');
  });

  it.each([
    ['a(b', /redact\.patterns\[1\] is not a pattern in RE2 syntax \(missing closing \)/],
    ['(?<=a)b', /redact\.patterns\[1\] is not a pattern in RE2 syntax/],
    ['x*', /redact\.patterns\[1\] must not match the empty text/],
    ['x'.repeat(1001), /redact\.patterns\[1\] must have at most 1000 characters/],
  ])('ENV-15: %j is refused by name', (pattern, message) => {
    expect(() => redactorOf([], false, ['fine', pattern])).toThrow(message);
  });

  it('ENV-15: cannot be made to take more than linear time', () => {
    const redactor = redactorOf([], false, ['(a+)+$']);
    expect(redactor.redact(`${'a'.repeat(50_000)}b`)).toHaveLength(50_001);
  });
});

describe('long runs', () => {
  it('ENV-13: are redacted for logs, except hashes', () => {
    const logs = createRedactor({ values: [], builtIn: false, patterns: [], longRuns: true });
    const hash = '9f86d081884c7d659a2feaa0c55ad015';
    expect(logs.redact(`${'Ab1'.repeat(11)} ${hash} ${'x'.repeat(31)}`)).toBe(`[REDACTED] ${hash} ${'x'.repeat(31)}`);
  });
});
