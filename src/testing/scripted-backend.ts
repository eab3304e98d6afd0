/**
 * A backend that starts nothing: each launch is answered by a script. Everything above it is the real runner, so options are
 * checked, lines are split and results are made as they are for real commands.
 */
import type {
  Backend,
  BackendCapabilities,
  LaunchId,
  LaunchListener,
  LaunchSnapshot,
  LaunchSpec,
  OutputRead,
  OutputSegments,
  SettledFacts,
  StreamName,
} from '../backend/backend.js';
import type { RunState, StopCause } from '../core/outcome.js';
import { notLaunched, type LaunchFailure, type StreamFacts } from '../core/settled-facts.js';
import type { Script } from './script.js';
import { bytesOf, type ScriptedCommand } from './scripted-command.js';

const FAILURES: Readonly<Record<NonNullable<ScriptedCommand['notStarted']>, LaunchFailure>> = {
  'not-found': { operation: 'exec', errno: 'ENOENT', subject: 'executable' },
  'not-permitted': { operation: 'exec', errno: 'EACCES', subject: 'executable' },
  'cwd-not-found': { operation: 'chdir', errno: 'ENOENT', subject: 'cwd' },
};

const NO_LIMIT = { reach: 'none', how: 'nothing runs' } as const;
const LEVEL = {
  available: true,
  detail: 'scripted: nothing runs',
  escapeProof: true,
  hostCrash: 'nothing',
  limits: {
    memoryBytes: NO_LIMIT,
    cpuTimeMs: NO_LIMIT,
    maxProcesses: NO_LIMIT,
    maxOpenFiles: NO_LIMIT,
    maxFileSizeBytes: NO_LIMIT,
  },
} as const;
const CAPABILITIES: BackendCapabilities = {
  backend: 'scripted',
  deadlines: 'event-loop',
  containment: { tree: LEVEL, strict: LEVEL, group: LEVEL, none: LEVEL },
  defaultContainment: 'tree',
  cleanup: 'confirmed',
  endsWithWorker: true,
  terminal: false,
  usage: false,
  order: 'engine',
  blockFlow: false,
  features: {},
};

/** What comes by the pipe of standard output. A script has no order of writing: its standard error comes last. */
function stdoutOf({ stderr }: LaunchSpec, command: ScriptedCommand): Uint8Array {
  const stdout = bytesOf(command.stdout);
  return stderr === 'merged' ? Buffer.concat([stdout, bytesOf(command.stderr)]) : stdout;
}

/** One launch, which plays its part of the script. */
class ScriptedLaunch {
  readonly #spec: LaunchSpec;
  readonly #listener: LaunchListener;
  readonly #command: ScriptedCommand;
  readonly #startedAtMs = Date.now();
  readonly #output: Readonly<Record<StreamName, Uint8Array>>;
  state: RunState = 'queued';

  constructor(spec: LaunchSpec, listener: LaunchListener, command: ScriptedCommand) {
    this.#spec = spec;
    this.#listener = listener;
    this.#command = command;
    this.#output = {
      stdout: spec.stdout === 'capture' ? stdoutOf(spec, command) : bytesOf(undefined),
      stderr: spec.stderr === 'capture' ? bytesOf(command.stderr) : bytesOf(undefined),
    };
  }

  play(): void {
    const { notStarted, stopped, waits, signal, exitCode = 0 } = this.#command;
    if (this.state === 'settled') return;
    if (notStarted !== undefined) {
      this.#settle({ failure: FAILURES[notStarted], stop: null });
      return;
    }
    this.state = 'running';
    this.#listener.started(0);
    this.#listener.output(this.#output.stdout.length, this.#output.stderr.length);
    if (stopped !== undefined) this.stop(stopped);
    else if (signal !== undefined) this.#end({ status: { signal, coreDumped: false } });
    else if (waits !== true) this.#end({ status: { code: exitCode } });
  }

  stop(cause: StopCause): void {
    if (this.state === 'settled') return;
    const stop = { cause, manner: 'graceful' } as const;
    if (this.state === 'queued') this.#settle({ stop });
    else this.#end({ stop, status: { signal: 'SIGTERM', coreDumped: false } });
  }

  /** What is kept: head and tail of the sizes that the launch gives. */
  read(stream: StreamName, cursor: number, into: Uint8Array): OutputRead {
    const bytes = this.#output[stream];
    const { ringBytes, headBytes: head } = this.#spec;
    const tail = Math.max(head, bytes.length - (ringBytes - head));
    const start = cursor >= head && cursor < tail ? tail : Math.min(cursor, bytes.length);
    const stop = Math.min(start < head && tail > head ? head : bytes.length, start + into.length);
    into.set(bytes.subarray(start, stop));
    const end = this.state === 'settled' && stop === bytes.length;
    return { count: stop - start, next: stop, dropped: start - Math.min(cursor, start), end };
  }

  segments(from: number): OutputSegments {
    const all = (['stdout', 'stderr'] as const)
      .map((stream) => ({ stream, offset: 0, length: this.#output[stream].length, timestampMs: this.#startedAtMs }))
      .filter(({ length }) => length > 0);
    return { segments: all.slice(from), next: all.length, missed: 0 };
  }

  snapshot(): LaunchSnapshot {
    const { stdout, stderr } = this.#output;
    const elapsedMs = Date.now() - this.#startedAtMs;
    const isStarted = this.state !== 'queued';
    return {
      state: this.state,
      pid: undefined,
      elapsedMs,
      stdoutEnd: isStarted ? stdout.length : 0,
      stderrEnd: isStarted ? stderr.length : 0,
    };
  }

  #end(facts: Partial<SettledFacts>): void {
    this.#settle({
      ending: 'ended',
      stop: null,
      resolvedFile: this.#spec.file,
      stdout: this.#factsOf('stdout'),
      stderr: this.#factsOf('stderr'),
      ...facts,
    });
  }

  #settle(facts: Partial<SettledFacts>): void {
    this.state = 'settled';
    const durationMs = Date.now() - this.#startedAtMs;
    this.#listener.settled({ ...notLaunched(this.#startedAtMs, 'cancelled'), durationMs, ...facts });
  }

  #factsOf(stream: StreamName): StreamFacts {
    const totalBytes = this.#output[stream].length;
    return { totalBytes, keptBytes: Math.min(totalBytes, this.#spec.ringBytes), heldBy: [], complete: true };
  }
}

export class ScriptedBackend implements Backend {
  readonly kind = 'scripted';
  readonly #script: Script;
  readonly #launches = new Map<LaunchId, ScriptedLaunch>();
  #lastId = 0;

  constructor(script: Script) {
    this.#script = script;
  }

  capabilities(): BackendCapabilities {
    return CAPABILITIES;
  }

  launch(spec: LaunchSpec, listener: LaunchListener): LaunchId {
    const launch = this.#make(spec, listener);
    queueMicrotask(() => {
      launch.play();
    });
    return this.#lastId;
  }

  launchSync(spec: LaunchSpec, listener: LaunchListener): LaunchId {
    const launch = this.#make(spec, listener);
    launch.play();
    // Nobody else can run while the caller waits, so nobody but a timeout could end it.
    launch.stop('timeout');
    return this.#lastId;
  }

  stop(id: LaunchId, cause: StopCause): void {
    const launch = this.#launches.get(id);
    queueMicrotask(() => {
      launch?.stop(cause);
    });
  }

  /** A scripted command does not read. */
  writeStdin(_id: LaunchId, chunk: Uint8Array): number {
    return chunk.length;
  }

  closeStdin(): void {
    // As above.
  }

  watch(): void {
    // All output is there from the start; nothing has to be told or held back.
  }

  readOutput(id: LaunchId, stream: StreamName, cursor: number, into: Uint8Array): OutputRead {
    return this.#of(id).read(stream, cursor, into);
  }

  acknowledge(): void {
    // Nothing waits for it.
  }

  readSegments(id: LaunchId, from: number): OutputSegments {
    return this.#of(id).segments(from);
  }

  snapshot(id: LaunchId): LaunchSnapshot {
    return this.#of(id).snapshot();
  }

  resume(): void {
    // A scripted command is never suspended.
  }

  setRef(): void {
    // Nothing keeps the event loop alive.
  }

  release(id: LaunchId): void {
    this.#launches.delete(id);
  }

  closeSync(): void {
    for (const launch of this.#launches.values()) launch.stop('host-exit');
  }

  #make(spec: LaunchSpec, listener: LaunchListener): ScriptedLaunch {
    const launch = new ScriptedLaunch(spec, listener, this.#script.take(spec));
    this.#lastId += 1;
    this.#launches.set(this.#lastId, launch);
    return launch;
  }

  #of(id: LaunchId): ScriptedLaunch {
    const launch = this.#launches.get(id);
    if (launch === undefined) throw new Error(`no launch has the id ${String(id)}`);
    return launch;
  }
}
