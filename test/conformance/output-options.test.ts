// Promised    : which part of a long output stays, in which form, and what is said of it, on every backend alike; with
//               `stdio: 'merged'` both streams in the exact order of writing.
// Not promised: text of bytes that are in no encoding that was asked for.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Encoding, RunOptions } from '../../src/index.js';
import { patternMismatch, patternText } from '../programs/pattern.js';
import { forEachBackend } from './describe-backend.js';

const KIB = 1024;
const SIZE = 64 * KIB;
const LIMIT = 4 * KIB;

/** Text in UTF-16, the lower byte first. */
function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

forEachBackend((scene) => {
  async function flood(options: RunOptions, size = SIZE) {
    return scene.record(await scene.runner.run(scene.probe, ['flood', String(size)], options));
  }

  async function replay<E extends Encoding>(bytes: Uint8Array | string, options: RunOptions<E>) {
    const file = join(scene.directory, 'bytes');
    writeFileSync(file, bytes);
    return scene.record(await scene.runner.run(scene.probe, ['replay', file, '5', '7'], options));
  }

  describe('OUT-05, OUT-06: what stays of a long output', () => {
    it.each(['head', 'tail'] as const)('is its %s, with exact counts', async (overflow) => {
      const { output, success } = await flood({ overflow, maxOutputBytes: LIMIT });
      expect(output.stdout).toMatchObject({
        ...{ totalBytes: SIZE, keptBytes: LIMIT, droppedBytes: SIZE - LIMIT, truncated: true },
      });
      expect(success).toBe(true);
    });

    it('OUT-07: is marked at the end of a head and at the beginning of a tail, unless that is switched off', async () => {
      const marker = `\n[OUTPUT TRUNCATED: ${String(SIZE - LIMIT)} bytes dropped]\n`;
      const head = patternText(0, LIMIT);
      const tail = patternText(SIZE - LIMIT + 64, SIZE);
      const common = { maxOutputBytes: LIMIT } as const;
      expect((await flood({ ...common, overflow: 'head' })).stdout).toBe(`${head}${marker}`);
      expect((await flood({ ...common, overflow: 'tail' })).stdout).toBe(`${marker}${tail}`);
      expect((await flood({ ...common, overflow: 'head', truncationMarker: false })).stdout).toBe(head);
      expect((await flood({ ...common, overflow: 'tail', truncationMarker: false })).stdout).toBe(tail);
    });

    it('is in the bytes to the last one', async () => {
      const head = (await flood({ overflow: 'head', maxOutputBytes: LIMIT })).bytes('stdout');
      expect([head.length, patternMismatch(head, 0)]).toEqual([LIMIT, undefined]);
      const tail = (await flood({ overflow: 'tail', maxOutputBytes: LIMIT })).bytes('stdout');
      expect([tail.length, patternMismatch(tail, SIZE - LIMIT)]).toEqual([LIMIT, undefined]);
    });

    it('OUT-08: is kept as well when the run is stopped for it', async () => {
      const options = { overflow: 'tail', onOverflow: 'kill', maxOutputBytes: LIMIT } as const;
      const result = await flood(options, 900 * KIB * KIB);
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'output-limit' });
      expect(result.output.stdout.keptBytes).toBe(LIMIT);
    });

    it.each(['head', 'tail'] as const)('does not keep lines() from giving everything (%s)', async (overflow) => {
      const handle = scene.start('flood', [String(512 * KIB)], { overflow, maxOutputBytes: 1024 });
      let length = 0;
      for await (const { text, dropped } of handle.lines()) length += dropped > 0 ? NaN : text.length + 1;
      expect(length).toBe(512 * KIB);
      expect((await handle.result).output.stdout.keptBytes).toBe(1024);
    });
  });

  describe('OUT-11: without capture', () => {
    it('no more than the last 64 KiB stay, whatever passes through', async () => {
      const size = 8 * KIB * KIB;
      const handle = scene.start('flood', [String(size)], { captureOutput: false });
      let length = 0;
      for await (const { text } of handle.lines()) length += text.length + 1;
      const { output } = await handle.result;
      expect(length).toBe(size);
      expect(output.stdout).toMatchObject({ totalBytes: size, keptBytes: 64 * KIB });
    });
  });

  describe('OUT-02: both streams in one', () => {
    it('is in the exact order of writing when they were merged', async () => {
      const result = await scene.run('drip', ['200', '0', 'alternate'], { stdio: 'merged' });
      const text = Array.from({ length: 200 }, (_, index) => `line ${String(index)}\n`).join('');
      expect(result).toMatchObject({ stdout: text, stderr: '', exitCode: 0 });
      expect(result.combined()).toBe(text);
    });

    it('tags merged lines as combined', async () => {
      const handle = scene.start('drip', ['4', '0', 'alternate'], { stdio: 'merged' });
      const seen: string[] = [];
      for await (const { stream, text } of handle.lines()) seen.push(`${stream} ${text}`);
      expect(seen).toEqual([0, 1, 2, 3].map((index) => `combined line ${String(index)}`));
    });

    it('reports a missing command of a merged run as it reports any', async () => {
      const result = await scene.runner.run('custody-no-such-command', [], { stdio: 'merged' });
      expect(result).toMatchObject({ exitCode: 127, outcome: { kind: 'not-started' } });
    });

    it('tells stretches of stdout and stderr apart', async () => {
      const result = await scene.run('drip', ['4', '30', 'alternate']);
      const segments = result.segments();
      expect(segments.map(({ text }) => text).join('')).toBe(result.combined());
      for (const name of ['stdout', 'stderr'] as const) {
        const text = segments.filter(({ stream }) => stream === name).map((segment) => segment.text);
        expect(text.join('')).toBe(result[name]);
      }
    });
  });

  describe('OUT-13: encodings', () => {
    const TEXT = 'größe 日本 🙂\r\nzwei\r\n';

    it.each([
      ['utf-16le', utf16(TEXT), TEXT],
      ['latin1', Buffer.from([0x67, 0x72, 0xfc, 0x80, 0x0a]), 'grü\u0080\n'],
      ['shift_jis', Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x0a]), '日本\n'],
      ['auto', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(TEXT)]), TEXT],
      ['auto', utf16('plain text without a mark\n'), 'plain text without a mark\n'],
      ['auto', Buffer.from(`\uFEFF${TEXT}`), TEXT],
      ['auto', Buffer.from(TEXT), TEXT],
      ['base64', Buffer.from([0, 255, 1]), 'AP8B'],
    ] as const)('%s gives text of %o', async (encoding, bytes, text) => {
      const result = await replay(bytes, { encoding });
      expect(result.stdout).toBe(text);
      expect(Buffer.from(result.bytes('stdout')).equals(bytes)).toBe(true);
    });

    it('hold for lines too, whose characters are split between writes', async () => {
      const file = join(scene.directory, 'bytes');
      writeFileSync(file, Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(TEXT)]));
      const handle = scene.runner.start(scene.probe, ['replay', file, '3', '9'], { encoding: 'auto' });
      const lines: string[] = [];
      for await (const { text } of handle.lines()) lines.push(text);
      expect(lines).toEqual(['größe 日本 🙂', 'zwei']);
      expect((await handle.result).output.stdout.encoding).toBe('utf-16le');
    });

    it('OUT-12: counts what could not be decoded, and not what the command wrote itself', async () => {
      const { stdout, output } = await replay(Buffer.from([0x61, 0xff, 0xef, 0xbf, 0xbd, 0xc3]), {});
      expect(stdout).toBe('a\uFFFD\uFFFD\uFFFD');
      expect(output.stdout).toMatchObject({ replacements: 2, binary: false });
    });

    it('OUT-14: says what looks binary and gives its bytes', async () => {
      const bytes = Uint8Array.from({ length: 600 }, (_, index) => (index * 7) % 256);
      const result = await replay(bytes, {});
      expect(result.output.stdout.binary).toBe(true);
      expect(Buffer.from(result.bytes('stdout')).equals(bytes)).toBe(true);
    });

    it('OUT-15: turns CRLF into LF when asked to, and nothing else', async () => {
      const written = 'a\r\nb\rc\nd\r\r\ne';
      const result = await replay(written, { newlines: 'lf' });
      expect(result.stdout).toBe('a\nb\rc\nd\r\ne');
      expect(result.output.stdout.totalBytes).toBe(written.length);
      expect(Buffer.from(result.bytes('stdout')).toString()).toBe(written);
    });
  });
});
