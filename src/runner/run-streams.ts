/**
 * Standard input and output of a run, as its handle uses them, in every state of the run.
 *
 * Before the run is launched, wishes are kept and input waits. After it has settled, input counts as accepted; after the output
 * has been released, all of it counts as dropped.
 */
import type { Flow, OutputRead, OutputSegments, StreamName } from '../backend/backend.js';
import type { RunAttachment } from './run-attachment.js';
import type { Run } from './run.js';

/** Absolute positions at which the streams end at present. */
export interface OutputEnds {
  readonly stdout: number;
  readonly stderr: number;
}

export class RunStreams implements RunAttachment {
  readonly run: Run;
  /** What was asked for last: a launch that comes later, or again, knows nothing of it. */
  readonly #flows: Partial<Record<StreamName, Flow>> = {};

  constructor(run: Run) {
    this.run = run;
  }

  launched(): void {
    for (const [stream, flow] of Object.entries(this.#flows) as [StreamName, Flow][]) this.watch(stream, flow);
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

  watch(stream: StreamName, flow: Flow): void {
    this.#flows[stream] = flow;
    const id = this.#runningId();
    if (id !== undefined) this.run.backend.watch(id, stream, flow === 'off' ? this.run.leastFlow : flow);
  }

  read(stream: StreamName, cursor: number, into: Uint8Array): OutputRead {
    const id = this.run.launchId;
    if (id !== undefined) return this.run.backend.readOutput(id, stream, cursor, into);
    if (this.run.facts === undefined) return { count: 0, next: cursor, dropped: 0, end: false };
    const end = this.ends()[stream];
    return { count: 0, next: Math.max(cursor, end), dropped: Math.max(0, end - cursor), end: true };
  }

  /** Tells the backend that a listener in flow `block` has taken everything before `cursor`. */
  acknowledge(stream: StreamName, cursor: number): void {
    const id = this.#runningId();
    if (id !== undefined) this.run.backend.acknowledge(id, stream, cursor);
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
