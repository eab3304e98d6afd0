import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { STDIN_BUFFER_BYTES } from '../../../../src/backend/fallback/limits.js';
import { StdinFeed } from '../../../../src/backend/fallback/stdin-feed.js';

/** A pipe whose reader takes a write when told to. */
class SlowPipe extends Writable {
  readonly taken: Buffer[] = [];
  #release: (() => void) | undefined;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#release = () => {
      this.taken.push(chunk);
      done();
    };
  }

  take(): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }

  get text(): string {
    return Buffer.concat(this.taken).toString();
  }
}

class Heard {
  writable = 0;

  stdinWritable(): void {
    this.writable += 1;
  }
}

const OPEN = { kind: 'pipe', input: undefined, keepOpen: true } as const;

describe('StdinFeed', () => {
  it('accepts up to its bound, then tells when there is room again', async () => {
    const heard = new Heard();
    const feed = new StdinFeed(OPEN, heard);
    const pipe = new SlowPipe();
    feed.attach(pipe);
    expect(feed.write(new Uint8Array(STDIN_BUFFER_BYTES + 10))).toBe(STDIN_BUFFER_BYTES);
    expect(feed.write(new Uint8Array(10))).toBe(0);
    expect(heard.writable).toBe(0);
    pipe.take();
    await turn();
    expect(heard.writable).toBe(1);
    expect(feed.write(new Uint8Array(10))).toBe(10);
  });

  it('feeds known bytes, then what was written before there was a pipe, then ends', async () => {
    const feed = new StdinFeed({ ...OPEN, input: Buffer.from('one ') }, new Heard());
    const chunk = Buffer.from('two');
    feed.write(chunk);
    chunk.fill(0);
    feed.end();
    const pipe = new SlowPipe();
    feed.attach(pipe);
    pipe.take();
    await turn();
    pipe.take();
    await turn();
    expect(pipe.text).toBe('one two');
    expect(pipe.writableFinished).toBe(true);
  });

  it('takes and drops everything once nobody reads, and lets a waiting writer go on', async () => {
    const heard = new Heard();
    const feed = new StdinFeed(OPEN, heard);
    const pipe = new SlowPipe();
    feed.attach(pipe);
    feed.write(new Uint8Array(STDIN_BUFFER_BYTES + 1));
    pipe.destroy(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }));
    await turn();
    expect(heard.writable).toBe(1);
    expect(feed.write(new Uint8Array(1_000_000))).toBe(1_000_000);
  });

  it('takes and drops what is written to a command without a pipe', () => {
    expect(new StdinFeed({ kind: 'ignore' }, new Heard()).write(new Uint8Array(100_000))).toBe(100_000);
  });
});
