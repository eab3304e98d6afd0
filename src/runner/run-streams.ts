/**
 * Standard input and output of a run, as its handle uses them, in every state of the run.
 *
 * Before the run is launched, wishes are kept and input waits. After it has settled, input counts as accepted; after the output
 * has been released, all of it counts as dropped.
 */
import type { OutputRead, OutputSegments, StreamName } from '../backend/backend.js';
import { FlowControl } from './flow-control.js';
import type { RunAttachment } from './run-attachment.js';
import type { Run } from './run.js';

/** Absolute positions at which the streams end at present. */
export interface OutputEnds {
  readonly stdout: number;
  readonly stderr: number;
}

export class RunStreams implements RunAttachment {
  readonly run: Run;
  readonly flows: FlowControl;

  constructor(run: Run) {
    this.run = run;
    this.flows = new FlowControl(run);
    run.attach(this);
  }

  launched(): void {
    this.flows.launched();
  }

  /** Bytes accepted, see `Backend.writeStdin`; none before the launch. */
  writeStdin(chunk: Uint8Array): number {
    const id = this.#runningId();
    if (id !== undefined) return this.run.backend.writeStdin(id, chunk);
    return this.run.facts === undefined ? 0 : chunk.length;
  }

  closeStdin(): void {
    const id = this.#runningId();
    if (id !== undefined) this.run.backend.closeStdin(id);
  }

  read(stream: StreamName, cursor: number, into: Uint8Array): OutputRead {
    const id = this.run.launchId;
    if (id !== undefined) return this.run.backend.readOutput(id, stream, cursor, into);
    if (this.run.facts === undefined) return { count: 0, next: cursor, dropped: 0, end: false };
    const end = this.ends()[stream];
    return { count: 0, next: Math.max(cursor, end), dropped: Math.max(0, end - cursor), end: true };
  }

  segments(from: number): OutputSegments {
    const id = this.run.launchId;
    return id === undefined ? { segments: [], next: from, missed: 0 } : this.run.backend.readSegments(id, from);
  }

  ends(): OutputEnds {
    const { facts, launchId, backend } = this.run;
    if (facts !== undefined) return { stdout: facts.stdout.totalBytes, stderr: facts.stderr.totalBytes };
    if (launchId === undefined) return { stdout: 0, stderr: 0 };
    const { stdoutEnd, stderrEnd } = backend.snapshot(launchId);
    return { stdout: stdoutEnd, stderr: stderrEnd };
  }

  /** The id while the launched run goes on. */
  #runningId(): number | undefined {
    return this.run.facts === undefined ? this.run.launchId : undefined;
  }
}
