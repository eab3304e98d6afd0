import { describe, expect, it } from 'vitest';
import type { Encoding, RunOptions } from '../../../src/core/run-options.js';
import type { RunResult } from '../../../src/core/run-result.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';

type Written = readonly (readonly ['stdout' | 'stderr', string | Uint8Array])[];

/** The result of a command that wrote that. */
async function resultOf<E extends Encoding = 'utf8'>(
  written: Written,
  options: RunOptions<E> = {},
): Promise<RunResult<string | Uint8Array>> {
  const { runner, backend } = createMemoryScene();
  const running = runner.run('git', [], options);
  const launch = backend.last.start();
  for (const [stream, bytes] of written) launch.write(stream, bytes);
  launch.exit(0);
  return running;
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

const both: Written = [
  ['stdout', 'out '],
  ['stderr', 'err '],
  ['stdout', 'end'],
];

describe('output of both streams', () => {
  it.each<[Encoding, string | Uint8Array]>([
    ['utf8', 'out err end'],
    ['base64', Buffer.from('out err end').toString('base64')],
    ['buffer', bytesOf('out err end')],
  ])('OUT-02, OUT-14: is combined in the order of arrival with encoding %s', async (encoding, combined) => {
    const result = await resultOf(both, { encoding });
    expect(result.combined()).toEqual(combined);
    expect(result.segments().map(({ stream, text }) => `${stream}: ${text}`)).toEqual([
      'stdout: out ',
      'stderr: err ',
      'stdout: end',
    ]);
    expect(result.bytes('stdout')).toEqual(bytesOf('out end'));
    expect(result.bytes('stderr')).toEqual(bytesOf('err '));
  });

  it('ENV-10: shows no secret in any form, and overwrites it in bytes when asked to', async () => {
    const secret: Written = [
      ['stdout', 'a hunter2 '],
      ['stderr', 'b hunter2'],
    ];
    const redact = { values: ['hunter2'], bytes: true };
    const text = await resultOf(secret, { redact });
    expect(text.combined()).toBe('a [REDACTED] b [REDACTED]');
    for (const encoding of ['buffer', 'base64'] as const) {
      const result = await resultOf(secret, { encoding, redact });
      const combined = result.combined();
      expect(Buffer.from(combined as string, 'base64').includes('hunter2')).toBe(false);
      expect(Buffer.from(result.bytes('stderr')).toString()).toBe('b *******');
    }
  });
});

describe('output of one stream', () => {
  it.each<[Encoding, string | Uint8Array]>([
    ['utf8', 'err'],
    ['base64', Buffer.from('err').toString('base64')],
    ['buffer', bytesOf('err')],
  ])('OUT-20: is combined, and bytes and segments are made of it, with encoding %s', async (encoding, combined) => {
    const result = await resultOf([['stderr', 'err']], { encoding });
    expect(result.combined()).toEqual(combined);
    expect(result.bytes('stderr')).toEqual(bytesOf('err'));
    expect(result.bytes('stdout')).toEqual(bytesOf(''));
    expect(result.segments()).toEqual([expect.objectContaining({ stream: 'stderr', text: 'err' })]);
  });

  it.each<Encoding>(['utf8', 'base64', 'buffer'])('OUT-16: may be none at all, with encoding %s', async (encoding) => {
    const result = await resultOf([], { encoding });
    expect(result.stdout).toHaveLength(0);
    expect(result.combined()).toHaveLength(0);
    expect(result.segments()).toEqual([]);
    expect(result.bytes('stdout')).toHaveLength(0);
  });
});

describe('OUT-12, OUT-14: what output looks like', () => {
  it('counts replacements, but not those that the command wrote itself', async () => {
    const result = await resultOf([['stdout', new Uint8Array([0xff, 0xef, 0xbf, 0xbd, 0x61])]]);
    expect(result.stdout).toBe('\uFFFD\uFFFDa');
    expect(result.output.stdout.replacements).toBe(1);
    expect(result.bytes('stdout')).toEqual(new Uint8Array([0xff, 0xef, 0xbf, 0xbd, 0x61]));
  });

  it.each<Encoding>(['utf8', 'base64', 'buffer'])(
    'calls it binary with a NUL near the beginning: %s',
    async (encoding) => {
      expect((await resultOf([['stdout', 'a\0b']], { encoding })).output.stdout.binary).toBe(true);
      expect((await resultOf([['stdout', 'ab']], { encoding })).output.stdout.binary).toBe(false);
    },
  );
});
