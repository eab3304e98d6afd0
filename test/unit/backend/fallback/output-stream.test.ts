import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { OutputStream } from '../../../../src/backend/fallback/output-stream.js';

class Heard {
  bytes = 0;
  ends = 0;

  bytesArrived(_stream: OutputStream, _offset: number, length: number): void {
    this.bytes += length;
  }

  streamEnded(): void {
    this.ends += 1;
  }
}

/** A stream with a ring of 64 bytes: 16 of head, 48 of tail. */
function scene(): { stream: OutputStream; source: PassThrough; heard: Heard } {
  const heard = new Heard();
  const stream = new OutputStream('stdout', { ringBytes: 64, headBytes: 16 }, heard);
  const source = new PassThrough();
  stream.attach(source);
  return { stream, source, heard };
}

describe('OutputStream', () => {
  it('reads to the end and tells it once', async () => {
    const { stream, source, heard } = scene();
    source.end('hello');
    await turn();
    await turn();
    expect(heard).toMatchObject({ bytes: 5, ends: 1 });
    expect(stream.read(0, new Uint8Array(9))).toEqual({ count: 5, next: 5, dropped: 0, end: true });
  });

  it('drops without a listener, and counts', async () => {
    const { stream, source } = scene();
    source.write(new Uint8Array(1000));
    await turn();
    expect(stream.facts()).toEqual({ totalBytes: 1000, keptBytes: 64, heldBy: [], complete: true });
    expect(stream.isPaused).toBe(false);
  });

  it('takes no more than the ring can keep for a blocking listener, and goes on as it reads', async () => {
    const { stream, source, heard } = scene();
    stream.watch('block');
    source.end(Uint8Array.from({ length: 1000 }, (_value, index) => index % 251));
    await turn();
    expect(stream.end).toBe(64);
    expect(stream.isPaused).toBe(true);
    const got: number[] = [];
    const into = new Uint8Array(20);
    for (let cursor = 0, isAtEnd = false; !isAtEnd;) {
      const read = stream.read(cursor, into);
      expect(read.dropped).toBe(0);
      got.push(...into.subarray(0, read.count));
      cursor = read.next;
      isAtEnd = read.end;
      stream.acknowledge(cursor);
      await turn();
    }
    expect(got).toEqual(Array.from({ length: 1000 }, (_value, index) => index % 251));
    expect(heard.ends).toBe(1);
  });

  it('takes a read for a look and nothing more, until it is acknowledged', async () => {
    const { stream, source } = scene();
    stream.watch('block');
    source.write(new Uint8Array(1000));
    await turn();
    stream.read(0, new Uint8Array(40));
    expect(stream.end).toBe(64);
    stream.acknowledge(20);
    expect(stream.end).toBe(68);
    stream.acknowledge(10);
    expect(stream.end).toBe(68);
  });

  it('goes on when flow is released or the listener leaves', async () => {
    const released = scene();
    released.stream.watch('block');
    released.source.write(new Uint8Array(500));
    await turn();
    released.stream.releaseFlow();
    expect(released.stream.end).toBe(500);
    const left = scene();
    left.stream.watch('block');
    left.source.write(new Uint8Array(500));
    await turn();
    left.stream.watch('off');
    expect(left.stream.end).toBe(500);
  });

  it('takes what is there when it gives up, and says that it is not all', async () => {
    const { stream, source, heard } = scene();
    stream.watch('block');
    source.write(new Uint8Array(500));
    await turn();
    stream.close();
    expect(stream.facts()).toMatchObject({ totalBytes: 500, complete: false });
    await turn();
    expect(heard.ends).toBe(0);
  });
});
