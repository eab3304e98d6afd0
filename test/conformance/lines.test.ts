// Promised    : every line, in order per stream, complete; a slow consumer loses nothing and makes the child wait; leaving
//               the loop stops the run.
// Not promised: the order between the two streams closer than the reads that saw them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { OutputLine, RunHandle } from '../../src/index.js';
import { patternByte } from '../programs/pattern.js';
import { forEachBackend } from './describe-backend.js';
import { START_MS } from './scene.js';

const MIB = 1024 * 1024;
const LINE_CAP = 64 * 1024;

async function collect(handle: RunHandle): Promise<OutputLine[]> {
  const lines: OutputLine[] = [];
  for await (const line of handle.lines()) lines.push(line);
  return lines;
}

forEachBackend((scene) => {
  it('gives each line once, in order, with its stream', async () => {
    // Each line is asked for when the one before has come: two pipes alone have no order.
    const handle = scene.start('drip', ['6', '0', 'alternate', 'on-request'], { stdin: 'pipe' });
    const lines: OutputLine[] = [];
    await handle.write('.');
    for await (const line of handle.lines()) {
      lines.push(line);
      if (lines.length < 6) await handle.write('.');
    }
    expect(lines.map(({ stream, text, partial }) => ({ stream, text, partial }))).toEqual(
      Array.from({ length: 6 }, (_, index) => ({
        stream: index % 2 === 0 ? 'stdout' : 'stderr',
        text: `line ${String(index)}`,
        partial: false,
      })),
    );
    const numbers = lines.map((line) => line.seq);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(6);
    expect((await handle.result).success).toBe(true);
  });

  it('gives a line as soon as it is there', async () => {
    const handle = await scene.startReady('wait');
    for await (const line of handle.lines()) {
      expect(line.text).toBe('ready');
      expect(handle.state).toBe('running');
      break;
    }
  });

  it('stops the run when the loop is left', async () => {
    const handle = scene.start('fork-tree', ['1', '2']);
    for await (const line of handle.lines()) {
      expect(line.text).toBe('ready 3');
      break;
    }
    expect((await handle.result).outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled' });
    expect(scene.members()).toEqual([]);
  });

  it('stops the run when the body of the loop throws', async () => {
    const handle = scene.start('wait');
    const loop = async (): Promise<void> => {
      for await (const line of handle.lines()) throw new Error(line.text);
    };
    await expect(loop()).rejects.toThrow('ready');
    expect((await handle.result).outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled' });
  });

  it('ends cleanly when the run is stopped by a deadline', async () => {
    const handle = scene.start('wait', [], { timeoutMs: START_MS });
    expect((await collect(handle)).map((line) => line.text)).toEqual(['ready']);
    expect((await handle.result).timedOut).toBe(true);
  });

  it('ends for a run that never started', async () => {
    const handle = scene.runner.start('custody-no-such-command');
    expect(await collect(handle)).toEqual([]);
  });

  it('gives the lines of a run that has already ended', async () => {
    const handle = scene.start('drip', ['5', '0']);
    await handle.result;
    expect((await collect(handle)).map((line) => line.text)).toEqual([0, 1, 2, 3, 4].map((i) => `line ${String(i)}`));
  });

  describe('what counts as a line', () => {
    async function linesOf(
      bytes: string | Uint8Array,
      largestWrite = 7,
    ): Promise<readonly (readonly [string, boolean])[]> {
      const file = join(scene.directory, 'bytes');
      writeFileSync(file, bytes);
      const lines = await collect(scene.start('replay', [file, String(largestWrite), '11']));
      return lines.map(({ text, partial }) => [text, partial] as const);
    }

    it('keeps empty lines', async () => {
      expect(await linesOf('\n\na\n\n')).toEqual(['', '', 'a', ''].map((text) => [text, false]));
    });

    it('gives a last line without its end', async () => {
      expect(await linesOf('a\nb')).toEqual([
        ['a', false],
        ['b', true],
      ]);
    });

    it('does not count a carriage return before the end', async () => {
      expect(await linesOf('a\r\nb\rc\r\n')).toEqual([
        ['a', false],
        ['b\rc', false],
      ]);
    });

    it('decodes characters that were split between writes', async () => {
      const text = 'grüße 🙂 €'.repeat(20);
      expect(await linesOf(`${text}\n${text}\n`)).toEqual([text, text].map((line) => [line, false]));
    });

    it('STR-12: splits an over-long line and says so', async () => {
      const lines = await linesOf(`${'x'.repeat(LINE_CAP + 10)}\nshort\n`, 4096);
      expect(lines.map(([text, partial]) => [text.length, partial])).toEqual([
        [LINE_CAP, true],
        [10, false],
        [5, false],
      ]);
    });
  });

  it('says what a ring had dropped before the loop began', async () => {
    const handle = scene.start('flood', [String(MIB)], { maxOutputBytes: 4096 });
    const result = await handle.result;
    const lines = await collect(handle);
    const bytes = lines.reduce((sum, line) => sum + line.text.length + 1, 0);
    // Four whole lines of 64 bytes per 256: what is kept, no more, and the seam is visible.
    expect(bytes).toBeLessThan(2 * result.output.stdout.keptBytes);
    const gaps = lines.filter((line) => line.dropped > 0);
    expect(gaps).toMatchObject([{ stream: 'stdout', text: '', dropped: result.output.stdout.droppedBytes }]);
  });

  describe('a slow consumer', () => {
    const LONG_MS = 180_000;

    async function consume(size: number, options: { readonly maxOutputBytes: number }): Promise<void> {
      const handle = scene.start('flood', [String(size)], options);
      let position = 0;
      for await (const { text, stream } of handle.lines()) {
        // No `expect` per line: it would cost more than the line.
        if (stream !== 'stdout') expect.fail(`a line of ${stream}`);
        for (let i = 0; i < text.length; i++) {
          if (text.charCodeAt(i) !== patternByte(position + i)) expect.fail(`differs at byte ${String(position + i)}`);
        }
        position += text.length + 1;
        if (position % (256 * 1024) === 0) await setImmediate();
      }
      const result = await handle.result;
      expect(position).toBe(size);
      expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
      expect(result.output.stdout).toMatchObject({ totalBytes: size, truncated: true });
    }

    it('loses nothing of a long output', () => consume(64 * MIB, { maxOutputBytes: MIB }), LONG_MS);

    it('loses nothing with the smallest ring', () => consume(MIB / 4, { maxOutputBytes: 1024 }), LONG_MS);

    it('makes the child wait', async () => {
      const handle = scene.start('flood', [String(64 * MIB)]);
      const iterator = handle.lines()[Symbol.asyncIterator]();
      await iterator.next();
      // While nobody takes lines, another command can run from start to end; the flood must not have got through.
      await scene.run('sleep', ['300']);
      if (scene.capabilities.blockFlow) expect(scene.members()).toHaveLength(1);
      await iterator.return?.();
      expect((await handle.result).outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled' });
    });
  });
});
