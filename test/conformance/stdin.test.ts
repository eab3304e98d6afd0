// Promised    : input arrives complete and in order, and ends; nothing to read is an end of file at once; a child that
//               does not read harms nobody; a writer is told when to wait.
// Not promised: that a child which exits has read anything.
import { constants, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hashOf, patternBytes, patternText } from '../programs/pattern.js';
import { Host } from '../programs/host.js';
import { makeNamedPipe } from '../programs/named-pipe.js';
import { forEachBackend } from './describe-backend.js';

const MIB = 1024 * 1024;

function summaryOf(bytes: Uint8Array): string {
  return `${String(bytes.length)} ${String(hashOf(bytes))}\n`;
}

forEachBackend((scene) => {
  it('EXE-17: is at its end at once by default', async () => {
    expect((await scene.run('read-stdin')).stdout).toBe(summaryOf(new Uint8Array()));
  });

  it.each([0, 1, 65_536, 65_537, 8 * MIB])('feeds an input of %i bytes and ends it', async (size) => {
    const input = patternBytes(0, size);
    expect((await scene.run('read-stdin', [], { input })).stdout).toBe(summaryOf(input));
  });

  it('feeds text as UTF-8', async () => {
    const input = 'grüße 🙂\n';
    expect((await scene.run('copy-stdin', [], { input })).stdout).toBe(input);
  });

  it('feeds and reads at the same time', async () => {
    const input = patternText(0, MIB);
    expect((await scene.run('copy-stdin', [], { input })).stdout === input).toBe(true);
  });

  it('feeds a slow reader', async () => {
    const input = patternBytes(0, 300_000);
    expect((await scene.run('read-stdin', ['1'], { input })).stdout).toBe(summaryOf(input));
  });

  it('keeps its own copy of the bytes', async () => {
    const input = patternBytes(0, 300_000);
    const expected = summaryOf(input);
    const handle = scene.start('read-stdin', ['1'], { input });
    input.fill(0);
    expect((await handle.result).stdout).toBe(expected);
  });

  it('is the host`s own when inherited, as the output is', async () => {
    const host = new Host('pass-through', { native: scene.hasEngine ? 'require' : 'off', args: [scene.probe] });
    try {
      host.endInput('through\n');
      const ending = await host.ending();
      expect(ending).toMatchObject({ code: 0, stderr: '' });
      const [passed, report = ''] = ending.stdout.split('\n');
      expect(passed).toBe('through');
      expect(JSON.parse(report)).toEqual({ outcome: { kind: 'exited', exitCode: 0 }, stdout: '' });
    } finally {
      await host.close();
    }
  });

  it('reads from a file', async () => {
    const file = join(scene.directory, 'input');
    writeFileSync(file, patternBytes(0, 100_000));
    const result = await scene.run('read-stdin', [], { stdin: { file } });
    expect(result.stdout).toBe(summaryOf(patternBytes(0, 100_000)));
  });

  it('reports a file that does not exist', async () => {
    const result = await scene.run('read-stdin', [], { stdin: { file: join(scene.directory, 'missing') } });
    expect(result.outcome.kind).toBe('not-started');
    expect(result.success).toBe(false);
  });

  it('EXE-17: is at its end at once from a named pipe that nobody writes to', async () => {
    const file = makeNamedPipe(scene.directory);
    expect((await scene.run('read-stdin', [], { stdin: { file } })).stdout).toBe(summaryOf(new Uint8Array()));
  });

  it('waits for the writer of a named pipe', async () => {
    const file = makeNamedPipe(scene.directory);
    // Open for both, so that the open itself waits for nobody.
    const writer = await open(file, constants.O_RDWR);
    try {
      const handle = scene.start('copy-stdin', [], { stdin: { file } });
      for (const piece of ['first', 'second']) {
        await writer.write(piece);
        await scene.output(handle, piece);
      }
      await writer.close();
      expect((await handle.result).outcome).toEqual({ kind: 'exited', exitCode: 0 });
    } finally {
      await writer.close();
    }
  });

  it('takes what is written to a handle, until it is ended', async () => {
    const handle = scene.start('read-stdin', [], { stdin: 'pipe' });
    await handle.write('hello ');
    await handle.write(Buffer.from('world'));
    handle.endInput();
    expect((await handle.result).stdout).toBe(summaryOf(Buffer.from('hello world')));
  });

  it('feeds the input first and then what is written', async () => {
    const handle = scene.start('copy-stdin', [], { stdin: 'pipe', input: 'first ' });
    await handle.write('second');
    handle.endInput();
    expect((await handle.result).stdout).toBe('first second');
  });

  it('keeps writes in order that were not waited for', async () => {
    const handle = scene.start('copy-stdin', [], { stdin: 'pipe' });
    const pieces = Array.from({ length: 200 }, (_, index) => `${String(index)},`.repeat(100));
    await Promise.all(pieces.map((piece) => handle.write(piece)));
    handle.endInput();
    expect((await handle.result).stdout).toBe(pieces.join(''));
  });

  it('delivers writes that were still waiting when the input was ended', async () => {
    const handle = scene.start('read-stdin', [], { stdin: 'pipe' });
    const bytes = patternBytes(0, 4 * MIB);
    void handle.write(bytes);
    handle.endInput();
    expect((await handle.result).stdout).toBe(summaryOf(bytes));
  });

  it('makes the writer wait for the reader', async () => {
    // Nobody reads: a writer that is never told to wait would take all of it.
    const handle = await scene.startReady('wait', [], { stdin: 'pipe' });
    let hasWritten = false;
    const written = handle.write(new Uint8Array(64 * MIB)).then(() => {
      hasWritten = true;
    });
    await scene.run('sleep', ['100']);
    expect(hasWritten).toBe(false);
    handle.kill();
    await handle.result;
    await written;
  });

  it('EXE-17: tolerates a child that closes its input unread', async () => {
    const result = await scene.run('close-stdin', ['50'], { input: patternBytes(0, 4 * MIB) });
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(result.stdout).toBe('closed\n');
  });

  it('EXE-17: tolerates a child that exits without reading', async () => {
    const result = await scene.run('exit-by', ['code', '3'], { input: patternBytes(0, 4 * MIB) });
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 3 });
  });

  it('takes writes to a closed input without an error', async () => {
    const handle = scene.start('close-stdin', ['200'], { stdin: 'pipe' });
    await scene.output(handle, 'closed');
    await handle.write(patternBytes(0, MIB));
    await handle.write('more');
    expect((await handle.result).outcome).toEqual({ kind: 'exited', exitCode: 0 });
    await handle.write('after the end');
  });

  it('stops a run whose input is blocked', async () => {
    const handle = await scene.startReady('wait', [], { input: patternBytes(0, 4 * MIB) });
    handle.stop();
    expect((await handle.result).outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled', manner: 'graceful' });
  });
});
