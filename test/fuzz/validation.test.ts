// Promised    : whatever is passed for a command, reading it gives a checked value or an error that names the problem.
// Not promised: the wording.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CommandValidationError } from '../../src/core/errors.js';
import { readDefaults, readInvocation } from '../../src/core/invocation.js';
import { RUN_LIMITS } from '../../src/policy/limits.js';

const defaults = readDefaults(undefined, RUN_LIMITS);

const optionNames = [
  ...[
    'cwd',
    'env',
    'envMode',
    'input',
    'stdin',
    'stdout',
    'stderr',
    'timeoutMs',
    'idleTimeoutMs',
    'graceMs',
    'drainMs',
  ],
  ...['maxOutputBytes', 'onOverflow', 'signal', 'stragglers', 'containment', 'encoding', 'reject', '__proto__', 'file'],
];

/** Makes a value when it is needed: fast-check prints what it generates, and some of these do not let themselves be printed. */
type Make = () => unknown;

function refuse(): never {
  throw new Error('a trap');
}

/** Objects that fight back: getters and traps that throw, absurd lengths, methods that return nonsense. */
const hostile: fc.Arbitrary<Make> = fc.constantFrom<Make[]>(
  () => new Proxy({}, { get: refuse }),
  () => new Proxy({}, { ownKeys: refuse }),
  () => new Proxy([], { get: (_target, key) => (key === 'length' ? 2 ** 40 : 'x') }),
  () => new Proxy([], { get: (_target, key) => (key === 'length' ? NaN : 'x') }),
  () => Object.defineProperty({}, 'length', { get: refuse, enumerable: true }),
  () => ({ toString: refuse, valueOf: refuse }),
  () => Object.create(null) as unknown,
  () => new Proxy(new Uint8Array(3), {}),
  () => Symbol('symbol'),
  () => 10n,
  () => refuse,
);

const plain = fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true });
const anything: fc.Arbitrary<Make> = fc.oneof(
  plain.map((value) => () => value),
  hostile,
);
const optionPairs = fc.array(fc.tuple(fc.constantFrom(...optionNames), anything), { maxLength: 6 });
const optionObject: fc.Arbitrary<Make> = optionPairs.map(
  (pairs) => () => Object.fromEntries(pairs.map(([name, make]) => [name, make()])),
);
const options = fc.oneof({ weight: 1, arbitrary: anything }, { weight: 4, arbitrary: optionObject });

function read(makeCommand: Make, makeSecond: Make, makeThird: Make): void {
  const [command, second, third] = [makeCommand(), makeSecond(), makeThird()];
  let invocation;
  try {
    invocation = readInvocation(command, second, third, defaults, RUN_LIMITS);
  } catch (error) {
    if (command === undefined || command === null) {
      expect(error).toBeInstanceOf(TypeError);
      return;
    }
    expect(error).toBeInstanceOf(CommandValidationError);
    const { issues, code } = error as CommandValidationError;
    expect(code).toBe('VALIDATION_FAILED');
    expect(issues.length).toBeGreaterThan(0);
    return;
  }
  for (const text of [invocation.file, ...invocation.args]) {
    expect(text).toBeTypeOf('string');
    expect(text).not.toContain('\0');
  }
  for (const number of [invocation.timeoutMs, invocation.graceMs, invocation.drainMs, invocation.maxOutputBytes]) {
    expect(Number.isSafeInteger(number)).toBe(true);
  }
}

it('survives any command', () => {
  fc.assert(fc.property(anything, anything, options, read), { numRuns: 2000 });
});

it('survives any arguments and options of a good command', () => {
  const list = fc.array(
    fc.oneof(
      fc.string().map((text) => () => text),
      anything,
    ),
    { maxLength: 5 },
  );
  const args = fc.oneof(
    list.map((makes) => () => makes.map((make) => make())),
    anything,
  );
  fc.assert(
    fc.property(
      fc.constant(() => 'file'),
      args,
      options,
      read,
    ),
    { numRuns: 3000 },
  );
});

it('survives any command object', () => {
  const command = optionObject.map((make) => () => ({ ...(make() as object), file: 'file' }));
  fc.assert(fc.property(command, options, anything, read), { numRuns: 2000 });
});
