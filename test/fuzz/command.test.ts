// Promised    : a command survives JSON whatever it holds, its key does not depend on the order of its variables, no value of a secret
//               stands in any text of it, and what is no command is refused with an error that names the problem.
// Not promised: the form of a key.
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCommandLine } from '../../src/core/command-line.js';
import { Command } from '../../src/core/command.js';
import { CommandValidationError } from '../../src/core/errors.js';
import type { CommandSpec } from '../../src/core/run-options.js';

const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));
const name = text.map((value) => `n${value.replaceAll('=', '')}`);
const variables = fc.dictionary(name, fc.option(text), { maxKeys: 4 });
const spec: fc.Arbitrary<CommandSpec> = fc.record(
  {
    file: text.map((value) => `./${value}`),
    args: fc.array(text, { maxLength: 4 }),
    cwd: text.map((value) => `d${value}`),
    env: variables,
    envMode: fc.constantFrom('inherit', 'merge', 'replace', 'minimal'),
    input: fc.oneof(text, fc.uint8Array({ maxLength: 300 })),
    stdin: fc.constantFrom<CommandSpec['stdin'][]>('ignore', 'pipe', { file: 'in' }),
    stdout: fc.constantFrom('capture', 'inherit', 'ignore'),
    timeoutMs: fc.integer({ min: 1, max: 86_400_000 }),
    limits: fc.record({ maxProcesses: fc.integer({ min: 1, max: 9 }), cpuTimeMs: fc.integer({ min: 10, max: 99 }) }),
    shell: fc.constantFrom(true, false, 'bash', '/bin/sh -c'),
  },
  { requiredKeys: ['file'] },
);

it('CMD-02: JSON loses nothing', () => {
  fc.assert(
    fc.property(spec, (value) => {
      const command = Command.from(value);
      const copy = Command.fromJSON(JSON.stringify(command));
      expect(copy).toEqual(command);
      expect(copy.equals(command)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

it('CMD-03: the key does not depend on the order of variables, and differs with any of them', () => {
  fc.assert(
    fc.property(spec, variables, name, text, (value, env, added, content) => {
      const command = Command.from({ ...value, env });
      const reversed = Object.fromEntries(Object.entries(env).reverse());
      expect(Command.from({ ...value, env: reversed }).key).toBe(command.key);
      const other = Command.from({ ...value, env: { ...env, [added]: content } });
      expect(other.equals(command)).toBe(env[added] === content && Object.hasOwn(env, added));
    }),
    { numRuns: 1000 },
  );
});

it('CMD-02, CMD-20: no text of a command holds the value of a secret', () => {
  const secret = fc.string({ minLength: 6, unit: fc.constantFrom('X', 'Y', 'Z') });
  fc.assert(
    fc.property(spec, fc.uniqueArray(secret, { minLength: 1, maxLength: 3 }), text, (value, secrets, around) => {
      const args = secrets.map((one) => around + one + around);
      const given = Object.fromEntries(secrets.map((one, index) => [`S${String(index)}`, one]));
      const hidden = Command.from({ file: value.file, secrets: given });
      const used = Command.from({ file: './a', args, secrets: given });
      const texts = [
        JSON.stringify(hidden),
        hidden.key,
        inspect(hidden),
        used.summary({ maxLength: 9999 }),
        inspect(used),
      ];
      for (const one of secrets) for (const shown of texts) expect(shown).not.toContain(one);
    }),
    { numRuns: 1000 },
  );
});

it('CMD-14: anything else is refused by name', () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true });
  const almost = fc.record({ file: fc.oneof(text, anything), args: anything, env: anything, secrets: anything });
  fc.assert(
    fc.property(fc.oneof(anything, almost), anything, (value, secrets) => {
      for (const make of [
        () => Command.from(value as CommandSpec),
        () => Command.fromJSON(value, secrets as Record<string, string>),
        () => parseCommandLine(value as string),
      ]) {
        try {
          make();
        } catch (error) {
          if (value === undefined || value === null) expect(error).toBeInstanceOf(Error);
          else expect(error).toBeInstanceOf(CommandValidationError);
        }
      }
    }),
    { numRuns: 2000 },
  );
});
