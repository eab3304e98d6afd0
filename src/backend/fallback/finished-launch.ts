/** A launch that ran elsewhere and has settled: what it kept can still be read, and nothing can happen to it any more. */
import type { LaunchSnapshot, OutputRead, OutputSegment, OutputSegments, StreamName } from '../backend.js';
import type { SettledFacts } from '../../core/settled-facts.js';
import { ByteRing, type RingContents } from '../../core/byte-ring.js';

/** What a launch leaves behind, as plain data. */
export interface LaunchRemains {
  readonly facts: SettledFacts;
  /** `undefined`: not captured. */
  readonly stdout: RingContents | undefined;
  readonly stderr: RingContents | undefined;
  readonly segments: readonly OutputSegment[];
  /** Segments that were overwritten before they could be taken. */
  readonly missed: number;
}

export class FinishedLaunch {
  readonly #facts: SettledFacts;
  readonly #rings: Readonly<Record<StreamName, ByteRing | undefined>>;
  readonly #segments: readonly OutputSegment[];
  readonly #missed: number;

  constructor({ facts, stdout, stderr, segments, missed }: LaunchRemains) {
    this.#facts = facts;
    this.#rings = {
      stdout: stdout === undefined ? undefined : ByteRing.restore(stdout),
      stderr: stderr === undefined ? undefined : ByteRing.restore(stderr),
    };
    this.#segments = segments;
    this.#missed = missed;
  }

  readOutput(name: StreamName, cursor: number, into: Uint8Array): OutputRead {
    const ring = this.#rings[name];
    if (ring === undefined) return { count: 0, next: 0, dropped: 0, end: true };
    const read = ring.readAt(cursor, into);
    return { ...read, end: read.next >= ring.end };
  }

  readSegments(from: number): OutputSegments {
    const next = this.#missed + this.#segments.length;
    const begin = Math.min(Math.max(from, this.#missed), next);
    return { segments: this.#segments.slice(begin - this.#missed), next, missed: Math.max(0, begin - from) };
  }

  snapshot(): LaunchSnapshot {
    const { pid, durationMs, stdout, stderr } = this.#facts;
    return {
      state: 'settled',
      pid,
      elapsedMs: durationMs,
      stdoutEnd: stdout.totalBytes,
      stderrEnd: stderr.totalBytes,
    };
  }
}
