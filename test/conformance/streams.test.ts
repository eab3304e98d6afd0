// Promised    : output as a stream of bytes loses nothing and makes the command wait; input can come from any stream; commands
//               can be piped into each other and stand and fall together, each in custody.
// Not promised: how the bytes are cut into chunks.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { hashOf, patternBytes, patternMismatch } from '../programs/pattern.js';
import { eventually } from './eventually.js';
import { forEachBackend } from './describe-backend.js';

const MIB = 1024 * 1024;

forEachBackend((scene) => {
  describe('output as a web stream', () => {
    it('gives every byte of an output larger than its ring', async () => {
      const handle = scene.start('flood', [String(8 * MIB)], { maxOutputBytes: 4096 });
      const bytes = await buffer(handle.stdout);
      expect([bytes.length, patternMismatch(bytes, 0)]).toEqual([8 * MIB, undefined]);
      expect((await handle.result).success).toBe(true);
    });

    it('serves the streams of Node', async () => {
      const handle = scene.start('flood', [String(MIB), 'both']);
      const [out, error] = await Promise.all([
        buffer(Readable.fromWeb(handle.stdout as never)),
        buffer(Readable.from(handle.stderr as never)),
      ]);
      expect([patternMismatch(out, 0), patternMismatch(error, 0)]).toEqual([undefined, undefined]);
      expect([out.length, error.length]).toEqual([MIB, MIB]);
    });

    it('makes the command wait while nobody reads', async () => {
      const handle = scene.start('flood', [String(64 * MIB)]);
      const reader = handle.stdout.getReader();
      expect((await reader.read()).done).toBe(false);
      // While nobody reads, another command can run from start to end; the flood must not have got through.
      await scene.run('sleep', ['300']);
      if (scene.capabilities.blockFlow) expect(scene.members()).toHaveLength(1);
      handle.kill();
      await handle.result;
    });

    it('lets the command go on when it is cancelled', async () => {
      const handle = scene.start('flood', [String(8 * MIB)], { maxOutputBytes: 4096 });
      await handle.stdout.cancel();
      expect(await handle.result).toMatchObject({ success: true, output: { stdout: { totalBytes: 8 * MIB } } });
    });

    it('does not hide that bytes are missing', async () => {
      const handle = scene.start('flood', [String(MIB)], { maxOutputBytes: 4096 });
      await handle.result;
      await expect(buffer(handle.stdout)).rejects.toMatchObject({ code: 'OUTPUT_LIMIT' });
    });

    it('ends for a run that has ended, and for one that never started', async () => {
      const ended = scene.start('drip', ['2', '0']);
      await ended.result;
      expect((await buffer(ended.stdout)).toString()).toBe('line 0\nline 1\n');
      expect(await buffer(scene.runner.start('custody-no-such-command').stdout)).toHaveLength(0);
    });
  });

  describe('input', () => {
    const bytes = patternBytes(0, 3 * MIB);

    function* pieces(): Generator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
    }

    it.each([
      [
        'an async generator',
        () =>
          (async function* () {
            yield* pieces();
            await Promise.resolve();
          })(),
      ],
      ['a stream of Node', () => Readable.from(pieces())],
      ['a web stream', () => ReadableStream.from(pieces()) as unknown as AsyncIterable<Uint8Array>],
    ])('can come from %s', async (_name, source) => {
      const result = await scene.run('read-stdin', [], { input: source() });
      expect(result.stdout).toContain(String(bytes.length));
      expect(result.stdout).toContain(String(hashOf(bytes)));
    });

    it('stops the run when its source fails', async () => {
      async function* source(): AsyncGenerator<string> {
        yield 'a';
        await Promise.reject(new Error('no more'));
      }
      const result = await scene.run('copy-stdin', [], { input: source() });
      expect(result).toMatchObject({ cancelled: true, reason: 'the input failed: no more' });
    });

    it('is given back when the command ends first', async () => {
      let isGivenBack = false;
      async function* endless(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) yield await Promise.resolve(bytes.subarray(0, 65_536));
        } finally {
          isGivenBack = true;
        }
      }
      await scene.run('exit-by', ['code', '0'], { input: endless() });
      await eventually(
        () => isGivenBack,
        () => 'the source to be given back',
      );
    });

    it('EXE-17: cancels an endless source that is piped to a command that has ended', async () => {
      const handle = scene.start('exit-by', ['code', '0'], { stdin: 'pipe' });
      let reason: unknown;
      const endless = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          controller.enqueue(bytes.subarray(0, 65_536));
        },
        cancel: (why) => {
          reason = why;
        },
      });
      await expect(endless.pipeTo(handle.stdin)).rejects.toMatchObject({ errno: 'EPIPE', operation: 'write' });
      expect(reason).toMatchObject({ errno: 'EPIPE' });
      expect((await handle.result).success).toBe(true);
    });

    it('EXE-17: lets a source that is piped end after its command', async () => {
      const handle = scene.start('exit-by', ['code', '0'], { stdin: 'pipe' });
      async function* source(): AsyncGenerator<string> {
        yield 'a';
        await handle.result;
      }
      await ReadableStream.from(source()).pipeTo(handle.stdin);
      expect((await handle.result).success).toBe(true);
    });

    it('can be written as a web stream', async () => {
      const handle = scene.start('copy-stdin', [], { stdin: 'pipe', maxOutputBytes: 4 * MIB });
      await ReadableStream.from(pieces()).pipeTo(handle.stdin);
      const { stdout } = await handle.result;
      expect(stdout.length).toBe(bytes.length);
    });
  });

  describe('a pipeline', () => {
    it('moves every byte from one command to the next', async () => {
      const last = scene
        .start('flood', [String(4 * MIB)], { maxOutputBytes: 4096 })
        .pipe(scene.start('copy-stdin', [], { stdin: 'pipe', maxOutputBytes: 4096 }))
        .pipe(scene.start('read-stdin', [], { stdin: 'pipe' }));
      const { stdout, success } = await last.result;
      expect(success).toBe(true);
      expect(stdout).toContain(String(hashOf(patternBytes(0, 4 * MIB))));
    });

    it('stops the first when the second has ended', async () => {
      const first = scene.start('flood', [String(900 * MIB)]);
      first.pipe(scene.start('exit-by', ['code', '0'], { stdin: 'pipe' }));
      expect(await first.result).toMatchObject({ cancelled: true, reason: 'the command it was piped into has ended' });
      expect(scene.members()).toEqual([]);
    });

    it('stops the second when the first has failed', async () => {
      const first = scene.start('exit-by', ['code', '3']);
      const second = first.pipe(scene.start('wait', [], { stdin: 'pipe' }));
      expect(await second.result).toMatchObject({
        cancelled: true,
        reason: 'the command that was piped into it failed',
      });
    });

    it('refuses a command that reads no pipe', () => {
      const first = scene.start('wait');
      expect(() => first.pipe(scene.start('wait'))).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    });
  });

  it('a file can be the input of a stream of Node', async () => {
    const file = join(scene.directory, 'bytes');
    writeFileSync(file, 'from a file');
    const { createReadStream } = await import('node:fs');
    const input = createReadStream(file) as AsyncIterable<Uint8Array>;
    expect((await scene.run('copy-stdin', [], { input })).stdout).toBe('from a file');
  });
});
