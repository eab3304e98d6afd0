/**
 * What an invocation wants done with the streams while the run goes on, besides capturing output: handlers, a copy in a file, and
 * input that is read from somewhere.
 */
import type { StreamName } from '../backend/backend.js';
import type { Invocation } from '../core/invocation.js';
import type { HandlerReport } from '../core/output-handlers.js';
import type { TeeReport } from '../core/tee.js';
import { HandlerFeed } from './handler-feed.js';
import { feedInput, giveBack } from './input-feed.js';
import type { Run } from './run.js';
import { TeeWriter } from './tee-writer.js';

/** What became of them when the run had settled. */
export interface TapReports {
  readonly handlers: HandlerReport | null;
  readonly tee: TeeReport | null;
}

export const NO_TAPS: TapReports = { handlers: null, tee: null };

/** The streams of an invocation that pass through here. */
export function capturedStreams({ stdout, stderr, stdio, containment }: Readonly<Invocation>): readonly StreamName[] {
  const names: StreamName[] = [];
  if (containment === 'none') return names;
  if (stdout === 'capture') names.push('stdout');
  if (stderr === 'capture' && stdio === 'separate') names.push('stderr');
  return names;
}

export class RunTaps {
  readonly #feed: HandlerFeed | undefined;
  readonly #tee: TeeWriter | undefined;

  private constructor(run: Run) {
    const { handlers, tee } = run.invocation;
    const names = capturedStreams(run.invocation);
    this.#feed = handlers === undefined ? undefined : new HandlerFeed(run, handlers, names);
    this.#tee = tee === undefined || run.facts !== undefined ? undefined : new TeeWriter(run, tee, names);
  }

  /** For a run that has been launched. `hasHandle`: others may want to listen from the beginning, too. */
  static open(run: Run, hasHandle: boolean): RunTaps {
    const taps = new RunTaps(run);
    const { inputSource } = run.invocation;
    if (inputSource !== undefined) void feedInput(run, inputSource);
    if (!hasHandle) run.hold.streams.flows.release(capturedStreams(run.invocation));
    return taps;
  }

  /** For a run that was never launched: its end is told to its handlers all the same, and its input given back. */
  static openRefused(run: Run): RunTaps {
    const taps = new RunTaps(run);
    taps.#feed?.settled();
    const { inputSource } = run.invocation;
    if (inputSource !== undefined) void giveBack(inputSource);
    return taps;
  }

  /** Whether an invocation has any. */
  static areWantedBy({ handlers, tee, inputSource }: Readonly<Invocation>): boolean {
    return handlers !== undefined || tee !== undefined || inputSource !== undefined;
  }

  /** Has to be waited for before the result is made; `undefined` if there is nothing to wait for. */
  flushed(): Promise<void> | undefined {
    return this.#tee?.flushed();
  }

  reports(): TapReports {
    return { handlers: this.#feed?.report() ?? null, tee: this.#tee?.report() ?? null };
  }
}
