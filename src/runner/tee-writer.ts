/**
 * Copies the output of a run to a file, losslessly up to its cap: the command waits for the disk as it would for a pipe.
 *
 * Trouble with the file ends the copy and nothing else; the report says what is missing and why. A file is read by others, so
 * secrets are masked in it whatever is done to bytes elsewhere; as there are as many as before, the counts stay true.
 */
import type { FileHandle } from 'node:fs/promises';
import type { StreamName } from '../backend/backend.js';
import type { MaskedStream } from '../core/redactor.js';
import { isCutOff } from '../core/settled-facts.js';
import type { Tee, TeeReport } from '../core/tee.js';
import { Deferred } from './deferred.js';
import { OutputCursor, PIECE_BYTES, type PieceSink } from './output-cursor.js';
import type { RunAttachment } from './run-attachment.js';
import type { Run } from './run.js';
import { openTeeFile } from './tee-file.js';

export class TeeWriter implements PieceSink, RunAttachment {
  readonly #run: Run;
  readonly #tee: Tee;
  readonly #cursor: OutputCursor;
  readonly #copied: Promise<void>;
  #news = new Deferred<undefined>();
  /** Only where something is redacted, which holds some bytes back. */
  readonly #masks = new Map<StreamName, MaskedStream>();
  #pieces: Uint8Array[] = [];
  #offeredBytes = 0;
  #writtenBytes = 0;
  #errno: string | null = null;

  /** Holds the output of the run until it has been written. */
  constructor(run: Run, tee: Tee, names: readonly StreamName[]) {
    this.#run = run;
    this.#tee = tee;
    run.hold.take();
    for (const name of names) if (run.redactor !== undefined) this.#masks.set(name, run.redactor.byteStream());
    this.#cursor = new OutputCursor(run.hold.streams, this, {
      names: names.filter((name) => tee.stream === undefined || tee.stream === name),
      flow: 'block',
      pieceBytes: PIECE_BYTES,
    });
    run.attach(this);
    this.#copied = this.#copy();
  }

  report(): TeeReport {
    const { stdout, stderr } = this.#run.hold.streams.ends();
    const { stream } = this.#tee;
    const total = (stream === 'stderr' ? 0 : stdout) + (stream === 'stdout' ? 0 : stderr);
    const droppedBytes = Math.max(0, total - this.#writtenBytes);
    const file = this.#run.redactor?.redact(this.#tee.file) ?? this.#tee.file;
    return { file, writtenBytes: this.#writtenBytes, droppedBytes, errno: this.#errno };
  }

  /** Resolves once everything of a run that has settled is in the file, or will never be. */
  async flushed(): Promise<void> {
    this.#cursor.update();
    this.#news.resolve(undefined);
    await this.#copied;
  }

  output(stdoutEnd: number, stderrEnd: number): void {
    this.#cursor.extend(stdoutEnd, stderrEnd);
    this.#news.resolve(undefined);
  }

  piece(stream: StreamName, bytes: Uint8Array): void {
    this.#pieces.push(this.#masks.get(stream)?.push(bytes) ?? bytes);
  }

  gap(stream: StreamName): void {
    const mask = this.#masks.get(stream);
    if (mask !== undefined) this.#pieces.push(mask.flush(true));
  }

  async #copy(): Promise<void> {
    let file: FileHandle | undefined;
    try {
      file = await openTeeFile(this.#tee);
      await this.#copyTo(file);
    } catch (error) {
      this.#errno = errnoOf(error);
    }
    this.#cursor.close();
    await file?.close().catch((error: unknown) => {
      this.#errno ??= errnoOf(error);
    });
    this.#run.hold.letGo();
  }

  async #copyTo(file: FileHandle): Promise<void> {
    while (this.#offeredBytes < this.#tee.maxBytes) {
      if (this.#cursor.readOn()) {
        await this.#writePieces(file);
      } else if (this.#run.facts === undefined) {
        await this.#news.promise;
        this.#news = new Deferred();
      } else {
        this.#flushMasks();
        await this.#writePieces(file);
        return;
      }
    }
  }

  #flushMasks(): void {
    const { facts } = this.#run;
    for (const [stream, mask] of this.#masks)
      this.#pieces.push(mask.flush(facts === undefined || isCutOff(facts, facts[stream])));
  }

  async #writePieces(file: FileHandle): Promise<void> {
    const pieces = this.#pieces;
    this.#pieces = [];
    for (const piece of pieces) await this.#write(file, piece.subarray(0, this.#tee.maxBytes - this.#offeredBytes));
  }

  async #write(file: FileHandle, bytes: Uint8Array): Promise<void> {
    this.#offeredBytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await file.write(bytes, at, bytes.length - at);
      at += bytesWritten;
      this.#writtenBytes += bytesWritten;
    }
  }
}

function errnoOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'UNKNOWN';
}
