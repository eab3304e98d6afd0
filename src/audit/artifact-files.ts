/**
 * Whole outputs as files beside the store, one per stream, named after the execution and its stream.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FullOutput } from './audit-store.js';
import type { AuditedArtifact, AuditEvent, AuditRecord } from './record.js';

type Stream = 'stdout' | 'stderr';

const STREAMS: readonly Stream[] = ['stdout', 'stderr'];
/** Characters that no file name has. */
const UNSAFE = /[^\w.-]/g;
const OWNER_ONLY = { folder: 0o700, file: 0o600 } as const;

/** The files of one store. */
export class ArtifactFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Writes the files of an end, and names them in it.
   *
   * @throws what the file system throws.
   */
  attach(event: AuditEvent, output: FullOutput, redact: (text: string) => string): AuditEvent {
    if (event.eventType !== 'command_execution_end') return event;
    const write = (stream: Stream): AuditedArtifact | null => {
      const text = output[stream];
      return text === undefined ? null : this.#write(`${event.executionId}.${stream}`, redact(text));
    };
    const { stdout, stderr } = event;
    return {
      ...event,
      stdout: { ...stdout, artifact: write('stdout') },
      stderr: { ...stderr, artifact: write('stderr') },
    };
  }

  /** The text that belongs to a record; `undefined` where there is none, it is gone, or it is not what was written. */
  textOf(record: AuditRecord, stream: Stream): string | undefined {
    const artifact = artifactOf(record, stream);
    if (artifact === undefined) return undefined;
    try {
      const bytes = readFileSync(this.#pathOf(artifact.file));
      return sha256Of(bytes) === artifact.sha256 ? bytes.toString() : undefined;
    } catch {
      return undefined;
    }
  }

  /** Removes the files of records. One that cannot be removed stays. */
  removeOf(records: readonly AuditRecord[]): void {
    for (const artifact of records.flatMap((record) => STREAMS.flatMap((stream) => artifactOf(record, stream) ?? []))) {
      rmSync(this.#pathOf(artifact.file), { force: true });
    }
  }

  #write(name: string, text: string): AuditedArtifact {
    const bytes = Buffer.from(text);
    const file = name.replace(UNSAFE, '_');
    mkdirSync(this.#folder, { recursive: true, mode: OWNER_ONLY.folder });
    writeFileSync(this.#pathOf(file), bytes, { mode: OWNER_ONLY.file });
    return { file, bytes: bytes.length, sha256: sha256Of(bytes) };
  }

  /** A name comes from the store, which somebody may have written to: it never leads out of the folder. */
  #pathOf(file: string): string {
    return join(this.#folder, file.replace(UNSAFE, '_').replace(/^\.+/, '_'));
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

function artifactOf({ event }: AuditRecord, stream: Stream): AuditedArtifact | undefined {
  const { artifact } = (event[stream] ?? {}) as { readonly artifact?: Partial<AuditedArtifact> | null };
  return typeof artifact?.file === 'string' ? (artifact as AuditedArtifact) : undefined;
}
