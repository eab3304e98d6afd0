/**
 * A backend without processes: tests play the system. Launches are recorded; a test starts, writes, ends and cleans them up,
 * and sees what was asked of the backend. Output obeys the contract: head and tail of the sizes that the launch gives.
 */
import type {
  Backend,
  BackendCapabilities,
  Flow,
  LaunchId,
  LaunchListener,
  LaunchSnapshot,
  LaunchSpec,
  OutputRead,
  OutputSegment,
  OutputSegments,
  SettledFacts,
  StreamName,
} from '../../src/backend/backend.js';
import type { Cleanup } from '../../src/core/cleanup.js';
import type { ExitStatus, RunState, StopCause } from '../../src/core/outcome.js';
import { ManualClock } from './manual-clock.js';

/** A request that reached the backend. */
export interface StopRequest {
  readonly cause: StopCause;
  readonly graceMs: number;
}

export const CONFIRMED: Cleanup = {
  status: 'confirmed-group-only',
  mechanism: 'group',
  leaderReaped: true,
  steps: [],
  killed: [],
  survivors: [],
  elapsedMs: 1,
};

/** Everything a stream was given, and what of it is kept. */
class MemoryStream {
  readonly #ringBytes: number;
  readonly #headBytes: number;
  #bytes = new Uint8Array(0);
  flow: Flow = 'off';
  /** Position up to which a listener said that it has taken everything. */
  acknowledged = 0;
  isEnded = false;

  constructor({ ringBytes, headBytes }: LaunchSpec) {
    this.#ringBytes = ringBytes;
    this.#headBytes = headBytes;
  }

  get end(): number {
    return this.#bytes.length;
  }

  get keptBytes(): number {
    return Math.min(this.end, this.#ringBytes);
  }

  append(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  read(cursor: number, into: Uint8Array): OutputRead {
    const head = this.#headBytes;
    const tail = Math.max(head, this.end - (this.#ringBytes - head));
    const start = cursor >= head && cursor < tail ? tail : Math.min(cursor, this.end);
    const stop = Math.min(start < head && tail > head ? head : this.end, start + into.length);
    into.set(this.#bytes.subarray(start, stop));
    return {
      count: stop - start,
      next: stop,
      dropped: start - Math.min(cursor, start),
      end: this.isEnded && stop === this.end,
    };
  }
}

/** One launch, in the hands of a test. */
export class MemoryLaunch {
  readonly id: LaunchId;
  readonly spec: LaunchSpec;
  readonly listener: LaunchListener;
  readonly streams: Readonly<Record<StreamName, MemoryStream>>;
  readonly stops: StopRequest[] = [];
  /** What arrived on standard input. */
  stdin = '';
  isStdinClosed = false;
  /** Bytes that the next writes accept at most. */
  stdinRoom = Infinity;
  state: RunState = 'queued';
  isReferenced = true;
  isReleased = false;
  resumes = 0;
  readonly segments: OutputSegment[] = [];
  /** Segments before this index have been overwritten. */
  firstSegment = 0;
  readonly #clock: ManualClock;
  readonly #startedAtMs: number;

  constructor(id: LaunchId, spec: LaunchSpec, listener: LaunchListener, clock: ManualClock) {
    this.id = id;
    this.spec = spec;
    this.listener = listener;
    this.streams = { stdout: new MemoryStream(spec), stderr: new MemoryStream(spec) };
    this.#clock = clock;
    this.#startedAtMs = clock.wallMs();
  }

  start(pid = 4711): this {
    this.state = 'running';
    this.listener.started(pid);
    return this;
  }

  /** The command writes. */
  write(stream: StreamName, text: string | Uint8Array): this {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    const offset = this.streams[stream].end;
    this.streams[stream].append(bytes);
    this.segments.push({ stream, offset, length: bytes.length, timestampMs: this.#clock.wallMs() });
    const { stdout, stderr } = this.streams;
    if (this.streams[stream].flow !== 'off') this.listener.output(stdout.end, stderr.end);
    return this;
  }

  exit(code: number, facts: Partial<SettledFacts> = {}): void {
    this.end({ code }, facts);
  }

  /** The command ends as a first stop request wants it, or by itself. */
  end(status: ExitStatus, facts: Partial<SettledFacts> = {}): void {
    const [stop] = this.stops;
    const manner = 'signal' in status && status.signal === 'SIGKILL' ? 'forced' : 'graceful';
    this.settle({ status, stop: stop === undefined ? null : { cause: stop.cause, manner }, ...facts });
  }

  settle(facts: Partial<SettledFacts>): void {
    this.state = 'settled';
    for (const stream of Object.values(this.streams)) stream.isEnded = true;
    this.listener.settled({
      ending: 'ended',
      status: { code: 0 },
      stop: null,
      failure: null,
      pid: 4711,
      resolvedFile: `/bin/${this.spec.file}`,
      startedAtMs: this.#startedAtMs,
      durationMs: this.#clock.wallMs() - this.#startedAtMs,
      stdout: this.#factsOf('stdout'),
      stderr: this.#factsOf('stderr'),
      usage: { userMs: 1, systemMs: 2, peakRssBytes: null, processes: null, scope: 'leader' },
      cleanup: CONFIRMED,
      breach: null,
      unenforcedLimits: [],
      ...facts,
    });
  }

  cleanUp(cleanup: Partial<Cleanup> = {}): void {
    this.listener.cleanedUp({ ...CONFIRMED, ...cleanup });
  }

  #factsOf(stream: StreamName): SettledFacts['stdout'] {
    const { end, keptBytes } = this.streams[stream];
    return { totalBytes: end, keptBytes, heldBy: [], complete: true };
  }
}

const HELD = { reach: 'tree', how: 'memory' } as const;
const LEVEL = {
  available: true,
  detail: 'memory',
  escapeProof: false,
  hostCrash: 'nothing',
  limits: { memoryBytes: HELD, cpuTimeMs: HELD, maxProcesses: HELD, maxOpenFiles: HELD, maxFileSizeBytes: HELD },
} as const;
const CAPABILITIES: BackendCapabilities = {
  backend: 'native',
  deadlines: 'engine',
  containment: { tree: LEVEL, strict: LEVEL, group: LEVEL, none: LEVEL },
  defaultContainment: 'group',
  endsWithWorker: true,
  cleanup: 'confirmed-group-only',
  terminal: true,
  usage: true,
  order: 'engine',
  blockFlow: true,
  features: {},
};

export class MemoryBackend implements Backend {
  readonly kind = 'native';
  readonly clock: ManualClock;
  readonly launches: MemoryLaunch[] = [];
  /** Calls that read output, to be counted. */
  reads = 0;
  closedWithMs: number | undefined;
  readonly crowds: boolean[] = [];
  /** Plays a launch that is waited for; it must settle. */
  onLaunchSync: (launch: MemoryLaunch) => void = (launch) => launch.start().exit(0);

  constructor(clock = new ManualClock()) {
    this.clock = clock;
  }

  /** The launch made last. */
  get last(): MemoryLaunch {
    const launch = this.launches.at(-1);
    if (launch === undefined) throw new Error('nothing was launched');
    return launch;
  }

  capabilities(): BackendCapabilities {
    return CAPABILITIES;
  }

  launch(spec: LaunchSpec, listener: LaunchListener): LaunchId {
    const launch = new MemoryLaunch(this.launches.length + 1, spec, listener, this.clock);
    this.launches.push(launch);
    return launch.id;
  }

  launchSync(spec: LaunchSpec, listener: LaunchListener): LaunchId {
    const id = this.launch(spec, listener);
    this.onLaunchSync(this.last);
    return id;
  }

  setCrowded(crowded: boolean): void {
    this.crowds.push(crowded);
  }

  stop(id: LaunchId, cause: StopCause, graceMs: number): void {
    this.#of(id).stops.push({ cause, graceMs });
  }

  writeStdin(id: LaunchId, chunk: Uint8Array): number {
    const launch = this.#of(id);
    const accepted = Math.min(chunk.length, launch.stdinRoom);
    launch.stdinRoom -= accepted;
    launch.stdin += Buffer.from(chunk.subarray(0, accepted)).toString();
    return accepted;
  }

  closeStdin(id: LaunchId): void {
    this.#of(id).isStdinClosed = true;
  }

  watch(id: LaunchId, stream: StreamName, flow: Flow): void {
    this.#of(id).streams[stream].flow = flow;
  }

  readOutput(id: LaunchId, stream: StreamName, cursor: number, into: Uint8Array): OutputRead {
    const source = this.#of(id).streams[stream];
    this.reads += 1;
    return source.read(cursor, into);
  }

  acknowledge(id: LaunchId, stream: StreamName, cursor: number): void {
    this.#of(id).streams[stream].acknowledged = cursor;
  }

  readSegments(id: LaunchId, from: number): OutputSegments {
    const { segments, firstSegment } = this.#of(id);
    const first = Math.max(from, firstSegment);
    return { segments: segments.slice(first), next: segments.length, missed: first - from };
  }

  snapshot(id: LaunchId): LaunchSnapshot {
    const { state, streams } = this.#of(id);
    return { state, pid: undefined, elapsedMs: 0, stdoutEnd: streams.stdout.end, stderrEnd: streams.stderr.end };
  }

  resume(id: LaunchId): void {
    this.#of(id).resumes += 1;
  }

  setRef(id: LaunchId, ref: boolean): void {
    this.#of(id).isReferenced = ref;
  }

  release(id: LaunchId): void {
    this.#of(id).isReleased = true;
  }

  closeSync(budgetMs: number): void {
    this.closedWithMs = budgetMs;
  }

  #of(id: LaunchId): MemoryLaunch {
    const launch = this.launches[id - 1];
    if (launch === undefined || launch.isReleased) throw new Error(`no launch has the id ${String(id)}`);
    return launch;
  }
}
