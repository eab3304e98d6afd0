import { describe, expect, it } from 'vitest';
import { createLogRedactor } from '../../../../src/policy/redaction/log-redactor.js';

describe('a redactor for logs', () => {
  const redactor = createLogRedactor({ values: ['hunter2xyz'], patterns: ['(?i)corp-[0-9]{4}'] });

  it.each([
    ...['DB_PASSWORD', 'ClientSecret', 'gh_token', 'API_KEY', 'apikey', 'CREDENTIALS', 'AUTH_USER', 'BEARER', 'JWT'],
    ...['PRIVATE_DATA', 'CERT_FILE', 'SIGN_PFX', 'ca_pem'],
  ])('ENV-12: hides the value of %s', (name) => {
    expect(redactor.redactVariables({ [name]: 'any' })).toEqual({ [name]: '[REDACTED]' });
  });

  it('ENV-12: shows the values of other names, without the secrets in them', () => {
    const variables = { PATH: '/bin', URL: 'https://u:hunter2xyz@x', GONE: undefined, ['__proto__']: 'p' };
    expect(redactor.redactVariables(variables)).toEqual(
      Object.fromEntries([
        ['PATH', '/bin'],
        ['URL', 'https://u:[REDACTED]@x'],
        ['__proto__', 'p'],
      ]),
    );
  });

  it('ENV-13: takes long runs for tokens, as well as everything that runs redact', () => {
    const run = 'Zx9'.repeat(12);
    expect(redactor.redact(`${run} hunter2xyz CORP-1234 token=letmein words`)).toBe(
      '[REDACTED] [REDACTED] [REDACTED] token=[REDACTED] words',
    );
  });

  it('ENV-15: refuses what is no pattern', () => {
    expect(() => createLogRedactor({ patterns: ['('] })).toThrow(
      'invalid command: patterns[0] is not a pattern in RE2 syntax',
    );
  });
});
