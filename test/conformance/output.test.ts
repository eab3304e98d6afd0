// Promised    : both streams are read without deadlock and kept apart; a quarter of the limit is kept as head and the
//               rest as tail, with exact counts; bytes are as produced; partial output survives every ending.
// Not promised: the order between stdout and stderr closer than the reads that saw them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { patternMismatch, patternText } from '../programs/pattern.js';
import { eventually } from './eventually.js';
import { forEachBackend } from './describe-backend.js';
import { START_MS, type BackendScene } from './scene.js';

const KIB = 1024;
const MIB = 1024 * KIB;

async function replay(scene: BackendScene, bytes: Uint8Array | string, largestWrite: number): Promise<string> {
  const file = join(scene.directory, 'bytes');
  writeFileSync(file, bytes);
  return (await scene.run('replay', [file, String(largestWrite), '7'])).stdout;
}

forEachBackend((scene) => {
  it('OUT-01: keeps stdout and stderr apart', async () => {
    const result = await scene.run('drip', ['4', '0', 'alternate']);
    expect(result).toMatchObject({ stdout: 'line 0\nline 2\n', stderr: 'line 1\nline 3\n' });
  });

  it('OUT-10, OUT-16: gives empty text when nothing was written', async () => {
    const result = await scene.run('exit-by', ['code', '0'], { stdout: 'ignore' });
    expect(result).toMatchObject({ stdout: '', stderr: '' });
    expect(result.output.stdout).toMatchObject({ totalBytes: 0, keptBytes: 0, droppedBytes: 0, truncated: false });
  });

  it.each([0, 1, 65_535, 65_536, 65_537, MIB - 1, MIB])('keeps an output of %i bytes whole', async (size) => {
    const result = await scene.run('flood', [String(size)]);
    expect(result.stdout).toBe(patternText(0, size));
    expect(result.output.stdout).toMatchObject({
      totalBytes: size,
      keptBytes: size,
      droppedBytes: 0,
      truncated: false,
    });
  });

  it('OUT-01: reads both streams at once', async () => {
    const result = await scene.run('flood', [String(900 * KIB), 'both']);
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(result.stdout === patternText(0, 900 * KIB)).toBe(true);
    expect(result.stderr === patternText(0, 900 * KIB)).toBe(true);
  });

  describe('beyond the limit', () => {
    it.each([
      { limit: KIB, size: KIB + 1 },
      { limit: 4 * KIB, size: 64 * KIB },
      { limit: 64 * KIB, size: 8 * MIB },
      { limit: 64 * KIB, size: 8 * MIB + 7 },
    ])('keeps head and tail of $size bytes in $limit, with exact counts', async ({ limit, size }) => {
      const result = await scene.runner.run(scene.probe, ['flood', String(size)], {
        maxOutputBytes: limit,
        encoding: 'buffer',
      });
      expect(scene.record(result).output.stdout).toMatchObject({
        totalBytes: size,
        keptBytes: limit,
        droppedBytes: size - limit,
        truncated: true,
      });
      expect(patternMismatch(result.stdout.subarray(0, limit / 4), 0)).toBeUndefined();
      expect(patternMismatch(result.stdout.subarray(limit / 4), size - (limit - limit / 4))).toBeUndefined();
    });

    it('OUT-07, OUT-09: says in the text, at the seam, how much was dropped, and goes on with a whole line', async () => {
      const result = await scene.run('flood', [String(64 * KIB)], { maxOutputBytes: 4 * KIB });
      expect(result.stdout).toBe(
        `${patternText(0, KIB)}\n[OUTPUT TRUNCATED: ${String(60 * KIB)} bytes dropped]\n${patternText(61 * KIB + 64, 64 * KIB)}`,
      );
    });

    it('counts each stream on its own', async () => {
      const result = await scene.run('flood', [String(16 * KIB), 'stderr'], { maxOutputBytes: 4 * KIB });
      expect(result.output).toMatchObject({
        stdout: { totalBytes: 0, truncated: false },
        stderr: { totalBytes: 16 * KIB, keptBytes: 4 * KIB, droppedBytes: 12 * KIB, truncated: true },
      });
    });

    it('does not stop the command', async () => {
      const result = await scene.run('flood', [String(MIB)], { maxOutputBytes: KIB });
      expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
    });

    it('stops the command when that was asked for', async () => {
      const result = await scene.run('flood', [String(900 * MIB)], { maxOutputBytes: 64 * KIB, onOverflow: 'kill' });
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'output-limit' });
      expect(result).toMatchObject({ success: false, timedOut: false, cancelled: false });
      expect(result.stdout.startsWith(patternText(0, 16 * KIB))).toBe(true);
    });

    it('cuts on the borders of characters', async () => {
      const text = await replay(scene, '€'.repeat(MIB), 1000);
      expect(text).not.toContain('\uFFFD');
      expect(text.replace(/\n\[OUTPUT TRUNCATED: \d+ bytes dropped\]\n/, '')).toMatch(/^€+$/u);
    });
  });

  describe('bytes', () => {
    it('decodes characters that were split between writes', async () => {
      const text = 'aß€🙂'.repeat(500);
      expect(await replay(scene, text, 3)).toBe(text);
    });

    it('replaces what is not UTF-8', async () => {
      expect(await replay(scene, Buffer.from([0x61, 0xff, 0x62]), 10)).toBe('a\uFFFDb');
    });

    it('leaves CRLF, NUL and a missing final newline as they are', async () => {
      expect(await replay(scene, 'a\r\nb\0c\rd', 2)).toBe('a\r\nb\0c\rd');
    });

    it('gives the bytes themselves with encoding buffer', async () => {
      const bytes = Uint8Array.from({ length: 2048 }, (_, index) => index % 256);
      const file = join(scene.directory, 'bytes');
      writeFileSync(file, bytes);
      const result = await scene.runner.run(scene.probe, ['replay', file, '100', '3'], { encoding: 'buffer' });
      expect(result.stdout).toBeInstanceOf(Uint8Array);
      expect(Buffer.from(result.stdout).equals(bytes)).toBe(true);
    });
  });

  describe('combined', () => {
    it('holds both streams in the order of arrival', async () => {
      const handle = scene.start('drip', ['8', '0', 'alternate', 'on-request'], { stdin: 'pipe' });
      const arrived = () => handle.tail('stdout', { lines: 8 }) + handle.tail('stderr', { lines: 8 });
      for (let index = 0; index < 8; index += 1) {
        await handle.write('.');
        const line = `line ${String(index)}\n`;
        await eventually(
          () => arrived().includes(line) || undefined,
          () => `${line} among ${arrived()}`,
        );
      }
      const result = await handle.result;
      expect(result.combined()).toBe(Array.from({ length: 8 }, (_, index) => `line ${String(index)}\n`).join(''));
    });

    it('holds every byte that both streams kept', async () => {
      const result = await scene.run('flood', [String(200 * KIB), 'both']);
      expect(result.combined().length).toBe(400 * KIB);
    });
  });

  describe('OUT-19: partial output', () => {
    it('is kept when the child crashes', async () => {
      expect((await scene.run('exit-by', ['signal', '11'])).stdout).toBe('partial\n');
    });

    it('is kept when a deadline passes', async () => {
      expect((await scene.run('wait', [], { timeoutMs: START_MS })).stdout).toBe('ready\n');
    });

    it('is kept when the run is killed', async () => {
      const handle = await scene.startReady('ignore-terminate');
      handle.kill();
      expect((await handle.result).stdout).toBe('ready\n');
    });
  });

  it('waits for a child that gave up its output', async () => {
    const result = await scene.run('close-output', ['300', '5']);
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 5 });
    expect(result.stdout).toBe('closing\n');
    expect(result.durationMs).toBeGreaterThanOrEqual(290);
  });

  describe('OUT-17: read by cursor', () => {
    it('gives the same bytes again and says where to go on', async () => {
      const handle = await scene.startReady('wait');
      const first = handle.read('stdout', 0);
      expect(Buffer.from(first.bytes).toString()).toBe('ready\n');
      expect(first).toMatchObject({ next: 6, dropped: 0, end: false });
      expect(handle.read('stdout', 0)).toEqual(first);
      expect(handle.read('stdout', 6)).toMatchObject({ next: 6, dropped: 0, end: false });
      handle.kill();
      await handle.result;
      expect(handle.read('stdout', 6)).toMatchObject({ next: 6, end: true });
    });

    it('collects a whole output piece by piece', async () => {
      const handle = scene.start('drip', ['50', '5']);
      let cursor = 0;
      let text = '';
      await eventually(
        () => {
          const { bytes, next, end } = handle.read('stdout', cursor);
          text += Buffer.from(bytes).toString();
          cursor = next;
          return end;
        },
        () => `the end of the stream after ${JSON.stringify(text)}`,
      );
      expect(text).toBe((await handle.result).stdout);
    });

    it('says how much was dropped before what it gives', async () => {
      const handle = scene.start('flood', [String(64 * KIB)], { maxOutputBytes: 4 * KIB });
      await handle.result;
      const head = handle.read('stdout', 0);
      expect(patternMismatch(head.bytes, 0)).toBeUndefined();
      const { bytes, next, dropped, end } = handle.read('stdout', KIB);
      const rest = head.next > KIB ? head : { bytes, next, dropped, end };
      expect(rest).toMatchObject({ next: 64 * KIB, dropped: 60 * KIB, end: true });
    });
  });

  describe('OUT-17: tail', () => {
    it('gives the last lines during and after a run, without taking them away', async () => {
      const handle = scene.start('on-terminate', ['0', '128']);
      await scene.output(handle, 'ready');
      expect(handle.tail('stdout', { lines: 1 }).trimEnd()).toBe('ready');
      handle.stop();
      const { stdout } = await handle.result;
      expect(stdout).toBe(`ready\n${patternText(0, 128)}`);
      expect(handle.tail('stdout', { lines: 1 }).trimEnd()).toBe(patternText(64, 128).trimEnd());
      expect(handle.tail('stdout', { bytes: 10 })).toBe(stdout.slice(-10));
      expect(handle.tail('stdout', { bytes: 10 })).toBe(stdout.slice(-10));
      expect(handle.tail('stderr', { lines: 5 })).toBe('');
    });
  });
});
