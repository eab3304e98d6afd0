/**
 * The face of a run for its owner. What a use needs (a writer, a line reader) is made with its first use.
 *
 * The handle keeps the output of its run: until `dispose`, or until the handle is collected, whichever comes first. The run
 * itself never refers to its handle once it has settled.
 */
import type { Cleanup } from '../core/cleanup.js';
import { CommandValidationError, CustodyError } from '../core/errors.js';
import type { RunState } from '../core/outcome.js';
import { endRun } from './end-run.js';
import { LineReader } from './line-reader.js';
import { RunStreams } from './run-streams.js';
import type { AnyResult, Run } from './run.js';
import type { LinesOptions, OutputLine, RunHandle, StreamName, StreamRead, TailSize } from './runner.js';
import { StdinWriter } from './stdin-writer.js';
import { readTail } from './tail.js';

/** Bytes that one `read` returns at most. */
const READ_BYTES = 65_536;

const STREAM_NAMES: readonly StreamName[] = ['stdout', 'stderr'];

const utf8 = new TextEncoder();

/** Where `read` copies to first, because it is not known beforehand how much there is. */
let readBuffer: Uint8Array | undefined;

const abandoned = new FinalizationRegistry<Run>((run) => {
  run.letGo();
});

export class ProcessRunHandle implements RunHandle<string | Uint8Array> {
  readonly #run: Run;
  readonly #streams: RunStreams;
  #writer: StdinWriter | undefined;
  #reader: LineReader | undefined;
  #disposal: Promise<void> | undefined;

  constructor(run: Run) {
    this.#run = run;
    this.#streams = new RunStreams(run);
    run.attach(this.#streams);
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

  lines(options: LinesOptions = {}): AsyncIterableIterator<OutputLine> {
    if (this.#reader !== undefined) {
      throw new CustodyError('VALIDATION_FAILED', `the lines of ${this.id} are already being read`, {
        operation: 'lines',
      });
    }
    const { invocation } = this.#run;
    const wanted = (options.streams ?? STREAM_NAMES).map(checkedStream);
    const captured = STREAM_NAMES.filter((name) => wanted.includes(name) && invocation[name] === 'capture');
    this.#reader = new LineReader(this.#streams, captured, () => {
      this.#reader = undefined;
    });
    return this.#reader;
  }

  /** Streams that nobody reads by the line are no longer held: the child does not wait for anybody. */
  releaseUnreadOutput(): void {
    for (const name of STREAM_NAMES) {
      const isCaptured = this.#run.invocation[name] === 'capture';
      if (isCaptured && this.#reader?.reads(name) !== true) this.#streams.watch(name, 'off');
    }
  }

  write(chunk: string | Uint8Array): Promise<void> {
    if (this.#run.invocation.stdin !== 'pipe') return Promise.reject(invalid('stdin', "must be 'pipe' for write()"));
    if (this.#writer?.isEnded === true) return Promise.reject(invalid('chunk', 'cannot be written after endInput()'));
    if (typeof chunk === 'string') return this.#stdin().write(utf8.encode(chunk));
    if (!ArrayBuffer.isView(chunk)) return Promise.reject(invalid('chunk', 'must be a string or a Uint8Array'));
    return this.#stdin().write(chunk);
  }

  endInput(): void {
    if (this.#run.invocation.stdin === 'pipe') this.#stdin().end();
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
      this.#run.letGo();
    }
  }

  #stdin(): StdinWriter {
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
