// Promised    : no secret is shown by what hears or copies output while a command runs: lines of a handler, tagged segments, a
//               file, and, where bytes are to be masked, chunks, web streams and bytes; wherever writes and truncation cut it.
// Not promised: bytes, unless asked; what a command pipes into another one, which reads it as it was written.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunOptions, RunResult } from '../../src/index.js';
import { forEachBackend } from './describe-backend.js';

const SECRET = 'XYXYZ-hunter2-XXYZ';
const MASK = '*'.repeat(SECRET.length);
const TEXT = `a ${SECRET} b\r\n${SECRET}\nlast ${SECRET}`;
const PIECE = /[XYZ]{2}|hunter/;

const secrets = { DEPLOY_TOKEN: SECRET };
const masked = { bytes: true, builtIn: false } as const;
const decoder = new TextDecoder();

forEachBackend((scene) => {
  /** Has the text written in writes of random sizes, so that chunks end anywhere. */
  function replay(text: string, options: RunOptions): Promise<RunResult> {
    return scene.runner.run(scene.probe, replayArgs(text), { secrets, ...options });
  }

  function replayArgs(text: string): readonly string[] {
    const file = join(scene.directory, 'output');
    writeFileSync(file, text);
    return ['replay', file, '7', '5'];
  }

  function ended(options: (onEnd: () => void) => RunOptions, text = TEXT): Promise<RunResult> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const run = replay(
        text,
        options(() => {
          isOver = true;
        }),
      );
      run.then((result) => {
        expect(isOver).toBe(true);
        resolve(result);
      }, reject);
    });
  }

  it('ENV-14, STR-02: onLine is given no secret', async () => {
    const lines: string[] = [];
    await ended((onEnd) => ({ onLine: ({ text }) => lines.push(text), onEnd }));
    expect(lines).toEqual(['a [REDACTED] b', '[REDACTED]', 'last [REDACTED]']);
  });

  it('ENV-14, STR-03: onChunk is given bytes as they were written, and masked ones where that was asked for', async () => {
    for (const redact of [undefined, masked]) {
      let shown = '';
      const chunkBytes = 6;
      await ended((onEnd) => ({
        ...{ redact, chunkBytes, onEnd },
        onChunk: ({ bytes }) => {
          expect(bytes.length).toBeLessThanOrEqual(chunkBytes);
          shown += decoder.decode(bytes);
        },
      }));
      expect(shown).toBe(redact === undefined ? TEXT : TEXT.replaceAll(SECRET, MASK));
    }
  });

  it('ENV-14, OUT-14: a file is given no secret, and the counts stay true', async () => {
    const file = join(scene.directory, 'copy');
    for (const maxBytes of [undefined, 10]) {
      const { output } = await replay(TEXT, { tee: maxBytes === undefined ? file : { file, maxBytes } });
      const copied = TEXT.replaceAll(SECRET, MASK).slice(0, maxBytes);
      expect(readFileSync(file, 'utf8')).toBe(copied);
      const droppedBytes = TEXT.length - copied.length;
      expect(output.tee).toEqual({ file, writtenBytes: copied.length, droppedBytes, errno: null });
    }
  });

  it('ENV-14: the name of that file is shown without it too', async () => {
    const { output } = await replay(TEXT, { tee: join(scene.directory, `copy of ${SECRET}`) });
    expect(output.tee).toMatchObject({ file: join(scene.directory, 'copy of [REDACTED]'), errno: null });
  });

  it.each(['utf8', 'buffer', 'base64', 'auto', 'latin1'] as const)(
    'ENV-10, OUT-20: segments show no secret with encoding %s',
    async (encoding) => {
      const result = await scene.runner.run(scene.probe, replayArgs(TEXT), { secrets, encoding, newlines: 'lf' });
      const text = TEXT.replaceAll(SECRET, '[REDACTED]').replaceAll('\r\n', '\n');
      expect(result.segments()).toEqual([{ stream: 'stdout', text }]);
      if (encoding !== 'buffer' && encoding !== 'base64') expect(result.stdout).toBe(text);
    },
  );

  it('ENV-10: bytes() is what was written, and masked where that was asked for', async () => {
    expect(decoder.decode((await replay(TEXT, {})).bytes('stdout'))).toBe(TEXT);
    const { stdout, bytes } = await replay(TEXT, { redact: masked }).then((result) => ({
      stdout: result.stdout,
      bytes: result.bytes('stdout'),
    }));
    expect(stdout).toBe(TEXT.replaceAll(SECRET, '[REDACTED]'));
    expect(decoder.decode(bytes)).toBe(TEXT.replaceAll(SECRET, MASK));
  });

  it.each(['head', 'tail', 'head-tail'] as const)(
    'ENV-14: no piece of a secret stands where overflow %s cuts, in text or segments',
    async (overflow) => {
      for (const extra of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
        const limits = { overflow, maxOutputBytes: 1024 + extra } as const;
        const result = await replay(`${SECRET}.`.repeat(200), limits);
        expect(result.output.stdout.truncated).toBe(true);
        expect(result.stdout).not.toMatch(PIECE);
        expect(
          result
            .segments()
            .map(({ text }) => text)
            .join(''),
        ).not.toMatch(PIECE);
      }
    },
  );

  it('ENV-14, STR-07: a web stream is masked where that was asked for, and a pipe never is', async () => {
    for (const redact of [undefined, masked]) {
      const from = scene.start('replay', replayArgs(TEXT).slice(1), { secrets, redact });
      let shown = '';
      for await (const bytes of from.stdout) shown += decoder.decode(bytes);
      expect(shown).toBe(redact === undefined ? TEXT : TEXT.replaceAll(SECRET, MASK));
      const next = scene.start('copy-stdin', [], { stdin: 'pipe' });
      const piped = scene.start('replay', replayArgs(TEXT).slice(1), { secrets, redact }).pipe(next);
      expect((await piped.result).stdout).toBe(TEXT);
    }
  });
});
