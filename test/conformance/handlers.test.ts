// Promised    : handlers hear every line and chunk in order while the command runs, one call at a time, and the end exactly
//               once and last, in every outcome; what they throw changes nothing; a slow one never slows the command unless
//               that was asked for, and learns what it missed. A file gets the bytes, and trouble with it is told, not fatal.
// Not promised: that a slow handler has heard everything before the result is there.
import { readFileSync, writeFileSync } from 'node:fs';
import { constants, open } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HandlerReport, OutputLine, RunOptions } from '../../src/index.js';
import { makeNamedPipe } from '../programs/named-pipe.js';
import { patternMismatch, patternText } from '../programs/pattern.js';
import { forEachBackend } from './describe-backend.js';

const KIB = 1024;

forEachBackend((scene) => {
  function run(args: readonly string[], options: RunOptions) {
    return scene.runner.run(scene.probe, args, options).then((result) => scene.record(result));
  }

  describe('onLine', () => {
    it('STR-02, STR-04: hears every line of both streams in order', async () => {
      const lines: OutputLine[] = [];
      const result = await run(['drip', '6', '10', 'alternate'], { onLine: (line) => lines.push(line) });
      for (const name of ['stdout', 'stderr'] as const) {
        const text = lines.filter(({ stream }) => stream === name).map((line) => `${line.text}\n`);
        expect(text.join('')).toBe(result[name]);
      }
      expect(lines.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(lines.every(({ timestamp }) => timestamp > 0)).toBe(true);
      expect(result.output.handlers).toEqual({ droppedBytes: 0, failures: 0, lastError: null });
    });

    it('STR-01: hears a line while the command runs', async () => {
      const controller = new AbortController();
      const result = await run(['wait'], { signal: controller.signal, onLine: () => controller.abort('heard') });
      expect(result).toMatchObject({ cancelled: true, reason: 'heard' });
    });

    it('STR-10: changes nothing by throwing or rejecting, and is counted', async () => {
      let calls = 0;
      const onLine = (): unknown => {
        calls += 1;
        if (calls % 2 === 0) throw new Error('thrown');
        return Promise.reject(new Error('rejected'));
      };
      let report: HandlerReport | undefined;
      const ended = new Promise<void>((resolve) => {
        const onEnd = (last: HandlerReport): void => {
          report = last;
          resolve();
        };
        void run(['drip', '4', '0'], { onLine, onEnd }).then((result) => {
          expect(result).toMatchObject({ success: true, stdout: 'line 0\nline 1\nline 2\nline 3\n' });
        });
      });
      await ended;
      expect(calls).toBe(4);
      expect(report).toMatchObject({ failures: 4, lastError: { message: 'thrown' } });
    });

    it('STR-13: is waited for before it is called again', async () => {
      const events: string[] = [];
      await new Promise<unknown>((resolve) => {
        const onLine = async ({ text }: OutputLine): Promise<void> => {
          events.push(`begin ${text}`);
          await new Promise(setImmediate);
          events.push(`end ${text}`);
        };
        void run(['drip', '3', '0'], { onLine, onEnd: resolve });
      });
      expect(events).toEqual(
        [0, 1, 2].flatMap((index) => [`begin line ${String(index)}`, `end line ${String(index)}`]),
      );
    });

    it('STR-06, STR-07, STR-08: misses the oldest when it is slow, and neither command nor result wait', async () => {
      const size = 4 * KIB * KIB;
      const lines: OutputLine[] = [];
      let goOn: (() => void) | undefined;
      const ended = new Promise<HandlerReport>((resolve) => {
        const onLine = (line: OutputLine): unknown => {
          lines.push(line);
          return lines.length > 1 ? undefined : new Promise<void>((answer) => (goOn = answer));
        };
        const maxOutputBytes = 64 * KIB;
        void run(['flood', String(size)], { onLine, onEnd: resolve, maxOutputBytes }).then((result) => {
          expect(result.output.stdout).toMatchObject({ totalBytes: size, keptBytes: maxOutputBytes });
          goOn?.();
        });
      });
      const { droppedBytes } = await ended;
      expect(lines.length).toBeGreaterThan(1);
      expect(droppedBytes).toBeGreaterThan(0);
      const gaps = lines.reduce((sum, { dropped }) => sum + dropped, 0);
      const heard = lines.reduce(
        (sum, { text, dropped, partial }) => sum + (dropped > 0 ? 0 : text.length + (partial ? 0 : 1)),
        0,
      );
      expect([gaps, gaps + heard]).toEqual([droppedBytes, size]);
    });

    it('D-23: misses nothing with backpressure block', async () => {
      const size = 4 * KIB * KIB;
      let heard = 0;
      const onLine = ({ text, dropped }: OutputLine): unknown => {
        heard += dropped > 0 ? NaN : text.length + 1;
        return heard % (64 * KIB) === 0 ? new Promise(setImmediate) : undefined;
      };
      await new Promise<unknown>((resolve) => {
        void run(['flood', String(size)], { onLine, onEnd: resolve, backpressure: 'block', maxOutputBytes: 8 * KIB });
      });
      expect(heard).toBe(size);
    });

    it('is told apart from lines(), which goes on losing nothing', async () => {
      const size = 512 * KIB;
      let heard = 0;
      const onLine = ({ text, dropped }: OutputLine): void => {
        heard += dropped > 0 ? dropped : text.length + 1;
      };
      const handle = scene.start('flood', [String(size)], { onLine, maxOutputBytes: 16 * KIB });
      let read = 0;
      for await (const { text, dropped } of handle.lines()) read += dropped > 0 ? NaN : text.length + 1;
      expect([read, heard]).toEqual([size, size]);
    });
  });

  describe('onChunk', () => {
    it('STR-03: hears the bytes, at most as many at once as asked for', async () => {
      const chunks: Uint8Array[] = [];
      const options = { onChunk: ({ bytes }: { bytes: Uint8Array }) => chunks.push(bytes), chunkBytes: 1000 };
      const result = await run(['flood', String(300 * KIB)], options);
      expect(Buffer.concat(chunks).toString()).toBe(result.stdout);
      expect(Math.max(...chunks.map(({ length }) => length))).toBe(1000);
    });
  });

  describe('STR-09: onEnd', () => {
    it.each([
      ['an exit', ['drip', '2', '0'], {}],
      ['a last line without its end', ['flood', '10'], {}],
      ['a deadline', ['wait'], { timeoutMs: 300 }],
      ['a crash', ['exit-by', 'signal', '11'], {}],
      ['an output limit', ['flood', '100000000'], { onOverflow: 'kill', maxOutputBytes: 2048 }],
      ['a directory that is not there', ['wait'], { cwd: '/custody/no/such/directory' }],
      ['a signal that had aborted', ['wait'], { signal: AbortSignal.abort() }],
    ] as const)('comes once and last after %s', async (_name, args, options) => {
      const events: string[] = [];
      const onLine = ({ text }: OutputLine): unknown => events.push(text);
      await run(args, { ...options, onLine, onEnd: () => events.push('(end)') });
      expect(events.filter((event) => event === '(end)')).toHaveLength(1);
      expect(events.at(-1)).toBe('(end)');
    });
  });

  describe('OUT-18: tee', () => {
    it('copies all of a long output to a file', async () => {
      const file = join(scene.directory, 'copy');
      const size = KIB * KIB;
      const { output } = await run(['flood', String(size)], { tee: file, maxOutputBytes: 8 * KIB });
      expect(output.tee).toEqual({ file, writtenBytes: size, droppedBytes: 0, errno: null });
      const copy = readFileSync(file);
      expect([copy.length, patternMismatch(copy, 0)]).toEqual([size, undefined]);
    });

    it('ends at its own cap, behind what was there, with one stream only', async () => {
      const file = join(scene.directory, 'copy');
      writeFileSync(file, 'before ');
      const tee = { file, maxBytes: 100, append: true, stream: 'stderr' } as const;
      const { output, success } = await run(['flood', String(KIB), 'both'], { tee });
      expect(success).toBe(true);
      expect(output.tee).toEqual({ file, writtenBytes: 100, droppedBytes: KIB - 100, errno: null });
      expect(readFileSync(file, 'utf8')).toBe(`before ${patternText(0, 100)}`);
    });

    it.each([
      ['that cannot be written', '/custody/no/such/directory/file', 'ENOENT'],
      ['on a full disk', '/dev/full', 'ENOSPC'],
    ])('reports a file %s and lets the command go on', async (_name, file, errno) => {
      const result = await run(['flood', String(256 * KIB)], { tee: file });
      expect(result.success).toBe(true);
      expect(result.stdout).toBe(patternText(0, 256 * KIB));
      expect(result.output.tee).toEqual({ file, writtenBytes: 0, droppedBytes: 256 * KIB, errno });
    });

    it.each([
      ['that nobody reads', undefined, 'ENXIO'],
      ['that is open for a reader who does not read', constants.O_RDONLY | constants.O_NONBLOCK, 'ENOTSUP'],
    ])('does not write to a named pipe %s, and does not wait for it', async (_name, flags, errno) => {
      const file = makeNamedPipe(scene.directory);
      const reader = flags === undefined ? undefined : await open(file, flags);
      try {
        const result = await run(['flood', String(256 * KIB)], { tee: file });
        expect(result.success).toBe(true);
        expect(result.output.tee).toEqual({ file, writtenBytes: 0, droppedBytes: 256 * KIB, errno });
      } finally {
        await reader?.close();
      }
    });

    it('may go to a device that takes everything', async () => {
      const { output } = await run(['flood', String(256 * KIB)], { tee: devNull });
      expect(output.tee).toEqual({ file: devNull, writtenBytes: 256 * KIB, droppedBytes: 0, errno: null });
    });
  });

  it('refuses handlers and a copy for runSync, which could not serve them', () => {
    const refused = (): unknown => scene.runSync('wait', [], { onLine: () => undefined, tee: 'file' });
    expect(refused).toThrow(
      expect.objectContaining({
        issues: [{ property: 'onLine' }, { property: 'tee' }].map((issue) => expect.objectContaining(issue) as unknown),
      }),
    );
  });
});
