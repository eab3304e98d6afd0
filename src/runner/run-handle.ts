/**
 * The face of a run for its owner. What a use needs (a writer, a line reader) is made with its first use.
 *
 * The handle keeps the output of its run: until `dispose`, or until the handle is collected, whichever comes first. The run
 * itself never refers to its handle once it has settled.
 */
import type { Cleanup } from '../core/cleanup.js';
import { CommandValidationError, CustodyError } from '../core/errors.js';
import type { OutputLine } from '../core/output-handlers.js';
import type { RunState } from '../core/outcome.js';
import { byteMaskOf } from './byte-mask.js';
import { endRun } from './end-run.js';
import { LineReader } from './line-reader.js';
import type { RunStreams } from './run-streams.js';
import { capturedStreams } from './run-taps.js';
import type { AnyResult, Run } from './run.js';
import type { LinesOptions, RunHandle, StreamName, StreamRead, TailSize } from './runner.js';
import { StdinWriter } from './stdin-writer.js';
import { connect } from './pipeline.js';
import { readTail } from './tail.js';
import { readableOf, writableOf } from './web-streams.js';

/** Bytes that one `read` returns at most. */
const READ_BYTES = 65_536;

const STREAM_NAMES: readonly StreamName[] = ['stdout', 'stderr'];

const utf8 = new TextEncoder();

/** Where `read` copies to first, because it is not known beforehand how much there is. */
let readBuffer: Uint8Array | undefined;

const abandoned = new FinalizationRegistry<Run>((run) => {
  run.hold.letGo();
});

export class ProcessRunHandle implements RunHandle<string | Uint8Array> {
  readonly #run: Run;
  readonly #streams: RunStreams;
  #writer: StdinWriter | undefined;
  #reader: LineReader | undefined;
  #stdout: ReadableStream<Uint8Array> | undefined;
  #stderr: ReadableStream<Uint8Array> | undefined;
  #stdinStream: WritableStream<string | Uint8Array> | undefined;
  #disposal: Promise<void> | undefined;

  constructor(run: Run) {
    this.#run = run;
    this.#streams = run.hold.streams;
    abandoned.register(this, run, this);
  }

  get id(): string {
    return this.#run.id;
  }

  get pid(): number | undefined {
    return this.#run.pid;
  }

  get state(): RunState {
    const { facts, launchId, backend } = this.#run;
    if (facts !== undefined) return 'settled';
    return launchId === undefined ? 'queued' : backend.snapshot(launchId).state;
  }

  get result(): Promise<AnyResult> {
    return this.#run.answers.whenResult();
  }

  get cleanup(): Promise<Cleanup> {
    return this.#run.answers.whenCleanup();
  }

  tail(stream: StreamName, size: TailSize): string {
    return readTail(this.#streams, checkedStream(stream), size);
  }

  read(stream: StreamName, cursor: number): StreamRead {
    if (!Number.isSafeInteger(cursor) || cursor < 0)
      throw invalid('cursor', 'must be a position: 0 or `next` of a read');
    readBuffer ??= new Uint8Array(READ_BYTES);
    const { count, next, dropped, end } = this.#streams.read(checkedStream(stream), cursor, readBuffer);
    return { bytes: readBuffer.slice(0, count), next, dropped, end };
  }

  get stdout(): ReadableStream<Uint8Array> {
    this.#stdout ??= this.#readable('stdout');
    return this.#stdout;
  }

  get stderr(): ReadableStream<Uint8Array> {
    this.#stderr ??= this.#readable('stderr');
    return this.#stderr;
  }

  get stdin(): WritableStream<string | Uint8Array> {
    this.#stdinStream ??= writableOf(this, this.#run);
    return this.#stdinStream;
  }

  pipe<H extends RunHandle | RunHandle<Uint8Array>>(next: H): H {
    if (!(next instanceof ProcessRunHandle) || next.#run.invocation.stdin !== 'pipe')
      throw invalid('next', "must be a handle whose stdin is 'pipe'");
    // As the command wrote it: what another command reads is shown to nobody.
    connect(this as unknown as RunHandle, readableOf(this.#streams, this.#captured(['stdout'])), next);
    return next;
  }

  lines(options: LinesOptions = {}): AsyncIterableIterator<OutputLine> {
    if (this.#reader !== undefined) {
      throw new CustodyError('VALIDATION_FAILED', `the lines of ${this.id} are already being read`, {
        operation: 'lines',
      });
    }
    const { streams = STREAM_NAMES, backpressure = 'block' } = options;
    if (backpressure !== 'block' && (backpressure as unknown) !== 'drop-oldest')
      throw invalid('backpressure', "must be 'block' or 'drop-oldest'");
    const wanted = streams.map(checkedStream);
    this.#reader = new LineReader(
      this.#streams,
      this.#captured(wanted),
      backpressure === 'block' ? 'block' : 'drop',
      () => {
        this.#reader = undefined;
      },
    );
    return this.#reader;
  }

  /** Streams that nobody listens to are no longer held: the child does not wait for anybody. */
  releaseUnreadOutput(): void {
    this.#streams.flows.release(capturedStreams(this.#run.invocation));
  }

  write(chunk: string | Uint8Array): Promise<void> {
    if (this.#run.invocation.stdin !== 'pipe') return Promise.reject(invalid('stdin', "must be 'pipe' for write()"));
    if (this.#writer?.isEnded === true) return Promise.reject(invalid('chunk', 'cannot be written after endInput()'));
    if (typeof chunk === 'string') return this.#input().write(utf8.encode(chunk));
    if (!ArrayBuffer.isView(chunk)) return Promise.reject(invalid('chunk', 'must be a string or a Uint8Array'));
    return this.#input().write(chunk);
  }

  endInput(): void {
    if (this.#run.invocation.stdin === 'pipe') this.#input().end();
  }

  stop(reason = 'stop() was called'): void {
    this.#run.cancel(reason);
  }

  kill(): void {
    this.#run.cancel('kill() was called', 0);
  }

  ref(): void {
    this.#run.setRef(true);
  }

  unref(): void {
    this.#run.setRef(false);
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  onSuspended(listener: () => void): void {
    this.#run.attach({ suspended: listener });
  }

  resume(): void {
    const { facts, launchId, backend } = this.#run;
    if (facts === undefined && launchId !== undefined) backend.resume(launchId);
  }

  async #dispose(): Promise<void> {
    try {
      await endRun(this.#run, 'dispose() was called');
    } finally {
      abandoned.unregister(this);
      this.#run.hold.letGo();
    }
  }

  #readable(name: StreamName): ReadableStream<Uint8Array> {
    return readableOf(this.#streams, this.#captured([name]), byteMaskOf(this.#run));
  }

  #captured(wanted: readonly StreamName[]): readonly StreamName[] {
    return capturedStreams(this.#run.invocation).filter((name) => wanted.includes(name));
  }

  #input(): StdinWriter {
    if (this.#writer === undefined) {
      this.#writer = new StdinWriter(this.#streams);
      this.#run.attach(this.#writer);
    }
    return this.#writer;
  }
}

function checkedStream(stream: StreamName): StreamName {
  if (!STREAM_NAMES.includes(stream)) throw invalid('stream', "must be 'stdout' or 'stderr'");
  return stream;
}

function invalid(property: string, message: string): CommandValidationError {
  return new CommandValidationError([{ property, message }]);
}
