/**
 * The backend over the native engine: writes launches as numbers and text, reads facts from records.
 *
 * It keeps one listener per live launch and decides nothing. Everything here is on the path of every command, so a
 * launch makes no closure and no object but its text.
 */
import { isAbsolute, join } from 'node:path';

import type { LaunchSpec, StdinSpec } from '../../core/launch-spec.js';
import type { OutputSegment } from '../../core/output-slice.js';
import type { StopCause } from '../../core/outcome.js';
import { LIMIT_NAMES } from '../../core/resource-limits.js';
import type {
  Backend,
  BackendCapabilities,
  Containment,
  ContainmentLevel,
  Flow,
  LaunchId,
  LaunchListener,
  LaunchSnapshot,
  OutputRead,
  OutputSegments,
  StreamName,
} from '../backend.js';
import { operatingSystem } from '../lazy-builtins.js';
import { readCleanedUp, readSettled, type SignalNames } from './records.js';
import {
  CleanedUpField,
  CONTAINMENTS,
  LIMIT_REACHES,
  RECORD_LENGTHS,
  RecordKind,
  RUN_PHASES,
  SettledField,
  SPEC_LENGTH,
  SpecField,
  STOP_CAUSES,
  STRAGGLER_POLICIES,
  type NativeAddon,
  type NativeCapabilities,
  type NativeEngine,
} from './surface.js';

/** Room for the records of one delivery; more come in further deliveries. 64 commands that settle at once fit. */
const RECORD_NUMBERS = 2048;

const FLOWS: readonly Flow[] = ['off', 'drop', 'block'];
const OUTPUT_TARGETS: readonly LaunchSpec['stderr'][] = ['capture', 'inherit', 'ignore', 'merged'];
const STDIN_KINDS: readonly StdinSpec['kind'][] = ['ignore', 'inherit', 'file', 'pipe'];

/** What the backend remembers of a launch until it is released. */
interface LiveLaunch {
  readonly listener: LaunchListener;
  /** The file that runs if that is known without asking the engine; `undefined` for a name that was looked up. */
  readonly resolvedFile: string | undefined;
  /** It keeps the event loop alive; of no use to one for which JavaScript waits. */
  referenced: boolean;
  settled: boolean;
}

export class NativeBackend implements Backend {
  readonly kind = 'native';
  readonly #addon: NativeAddon;
  readonly #engine: NativeEngine;
  readonly #records = new Float64Array(RECORD_NUMBERS);
  readonly #numbers = new Float64Array(SPEC_LENGTH);
  readonly #launches = new Map<LaunchId, LiveLaunch>();
  readonly #signals: SignalNames;
  /** By the numbers that the engine gives files. */
  readonly #files: string[] = [];
  /** Launches that keep the event loop alive. */
  #referenced = 0;
  /** Runners that ask for more than they may run. */
  #crowds = 0;
  #dispatching = false;
  #capabilities: BackendCapabilities | undefined;

  constructor(addon: NativeAddon) {
    this.#addon = addon;
    this.#engine = addon.createEngine(this.#records, (length) => {
      this.#dispatch(length);
    });
    // The first name of a number is its own; aliases (SIGIOT, SIGPOLL) come after it.
    this.#signals = new Map(
      Object.entries(operatingSystem().constants.signals)
        .reverse()
        .map(([name, value]) => [value, name]),
    );
  }

  capabilities(): BackendCapabilities {
    this.#capabilities ??= describe(this.#addon);
    return this.#capabilities;
  }

  launch(spec: LaunchSpec, listener: LaunchListener): LaunchId {
    const id = this.#launch(spec, listener, false);
    this.#reference(1);
    return id;
  }

  launchSync(spec: LaunchSpec, listener: LaunchListener, endsOnSignal: boolean): LaunchId {
    const id = this.#launch(spec, listener, true);
    // A listener may run a command while records are being dispatched; the wait fills the same array.
    const interrupted = this.#dispatching ? this.#records.slice() : undefined;
    this.#engine.waitSync(id, endsOnSignal);
    if (interrupted !== undefined) this.#records.set(interrupted);
    return id;
  }

  stop(id: LaunchId, cause: StopCause, graceMs: number): void {
    this.#engine.stop(id, STOP_CAUSES.indexOf(cause), graceMs);
  }

  writeStdin(id: LaunchId, chunk: Uint8Array): number {
    return this.#engine.writeStdin(id, chunk);
  }

  closeStdin(id: LaunchId): void {
    this.#engine.closeStdin(id);
  }

  watch(id: LaunchId, stream: StreamName, flow: Flow): void {
    this.#engine.watch(id, streamIndex(stream), FLOWS.indexOf(flow));
  }

  readOutput(id: LaunchId, stream: StreamName, cursor: number, into: Uint8Array): OutputRead {
    return this.#engine.readOutput(id, streamIndex(stream), cursor, into);
  }

  acknowledge(id: LaunchId, stream: StreamName, cursor: number): void {
    this.#engine.acknowledge(id, streamIndex(stream), cursor);
  }

  readSegments(id: LaunchId, from: number): OutputSegments {
    const { values, next, missed } = this.#engine.readSegments(id, from);
    const segments: OutputSegment[] = [];
    for (let at = 0; at < values.length; at += 4) {
      const [stream = 0, offset = 0, length = 0, timestampMs = 0] = values.subarray(at, at + 4);
      segments.push({ stream: stream === 0 ? 'stdout' : 'stderr', offset, length, timestampMs });
    }
    return { segments, next, missed };
  }

  snapshot(id: LaunchId): LaunchSnapshot {
    const { phase, pid, elapsedMs, stdoutEnd, stderrEnd } = this.#engine.snapshot(id);
    return {
      state: RUN_PHASES[phase] ?? 'settled',
      pid: pid > 0 ? pid : undefined,
      elapsedMs,
      stdoutEnd,
      stderrEnd,
    };
  }

  resume(id: LaunchId): void {
    this.#engine.resume(id);
  }

  setRef(id: LaunchId, ref: boolean): void {
    const launch = this.#launches.get(id);
    if (launch === undefined || launch.settled || launch.referenced === ref) return;
    launch.referenced = ref;
    this.#reference(ref ? 1 : -1);
  }

  setCrowded(crowded: boolean): void {
    const before = this.#crowds;
    this.#crowds += crowded ? 1 : -1;
    if (before === 0 || this.#crowds === 0) this.#engine.setCrowded(crowded);
  }

  release(id: LaunchId): void {
    const launch = this.#launches.get(id);
    if (launch === undefined) return;
    this.#launches.delete(id);
    if (!launch.settled && launch.referenced) this.#reference(-1);
    this.#engine.release(id);
  }

  closeSync(budgetMs: number): void {
    this.#engine.close(budgetMs);
  }

  #launch(spec: LaunchSpec, listener: LaunchListener, isWaitedFor: boolean): LaunchId {
    const input = spec.stdin.kind === 'pipe' ? spec.stdin.input : undefined;
    const id = this.#engine.launch(this.#writeNumbers(spec, isWaitedFor), toText(spec), input);
    this.#launches.set(id, { listener, resolvedFile: knownFile(spec), referenced: !isWaitedFor, settled: false });
    return id;
  }

  #writeNumbers(spec: LaunchSpec, isWaitedFor: boolean): Float64Array {
    const numbers = this.#numbers;
    numbers[SpecField.argumentCount] = 1 + spec.args.length;
    numbers[SpecField.setCount] = spec.environment.set.length;
    numbers[SpecField.unsetCount] = spec.environment.unset.length;
    numbers[SpecField.base] = spec.environment.base === 'host' ? 0 : 1;
    numbers[SpecField.stdin] = STDIN_KINDS.indexOf(spec.stdin.kind);
    numbers[SpecField.stdinStaysOpen] = spec.stdin.kind === 'pipe' && spec.stdin.keepOpen ? 1 : 0;
    numbers[SpecField.stdout] = OUTPUT_TARGETS.indexOf(spec.stdout);
    numbers[SpecField.stderr] = OUTPUT_TARGETS.indexOf(spec.stderr);
    numbers[SpecField.containment] = CONTAINMENTS.indexOf(spec.containment);
    numbers[SpecField.containmentRequired] = spec.containmentRequired ? 1 : 0;
    numbers[SpecField.stragglers] = STRAGGLER_POLICIES.indexOf(spec.stragglers);
    numbers[SpecField.ringBytes] = spec.ringBytes;
    numbers[SpecField.headBytes] = spec.headBytes;
    numbers[SpecField.outputLimitBytes] = spec.outputLimitBytes;
    numbers[SpecField.holdsOutput] = spec.holdsOutput ? 1 : 0;
    numbers[SpecField.timeoutMs] = spec.timeoutMs;
    numbers[SpecField.idleTimeoutMs] = spec.idleTimeoutMs;
    numbers[SpecField.graceMs] = spec.graceMs;
    numbers[SpecField.drainMs] = spec.drainMs;
    numbers[SpecField.stragglerGraceMs] = spec.stragglerGraceMs;
    numbers[SpecField.cleanupBudgetMs] = spec.cleanupBudgetMs;
    numbers[SpecField.memoryBytes] = spec.limits.memoryBytes ?? 0;
    numbers[SpecField.cpuTimeMs] = spec.limits.cpuTimeMs ?? 0;
    numbers[SpecField.maxProcesses] = spec.limits.maxProcesses ?? 0;
    numbers[SpecField.maxOpenFiles] = spec.limits.maxOpenFiles ?? 0;
    numbers[SpecField.maxFileSizeBytes] = spec.limits.maxFileSizeBytes ?? 0;
    numbers[SpecField.strictLimits] = spec.strictLimits ? 1 : 0;
    numbers[SpecField.waitedFor] = isWaitedFor ? 1 : 0;
    numbers[SpecField.isVerbatim] = spec.isVerbatim ? 1 : 0;
    numbers[SpecField.uid] = spec.uid ?? -1;
    numbers[SpecField.gid] = spec.gid ?? -1;
    return numbers;
  }

  #reference(change: 1 | -1): void {
    const before = this.#referenced;
    this.#referenced += change;
    if (before === 0 || this.#referenced === 0) this.#engine.setKeepAlive(this.#referenced > 0);
  }

  #dispatch(length: number): void {
    const interrupts = this.#dispatching;
    this.#dispatching = true;
    const records = this.#records;
    for (let at = 0; at < length; at += RECORD_LENGTHS[records[at] ?? 0] ?? length) {
      const launch = this.#launches.get(records[at + 1] ?? 0);
      if (launch === undefined) continue;
      try {
        this.#tell(launch, records, at);
      } catch (error) {
        // A listener's defect must not keep the facts behind it from the others.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    this.#dispatching = interrupts;
  }

  #tell(launch: LiveLaunch, records: Float64Array, at: number): void {
    const { listener } = launch;
    switch (records[at]) {
      case undefined:
        break;
      case RecordKind.started:
        listener.started(records[at + 2] ?? 0);
        break;
      case RecordKind.output:
        listener.output(records[at + 2] ?? 0, records[at + 3] ?? 0);
        break;
      case RecordKind.stdinWritable:
        listener.stdinWritable();
        break;
      case RecordKind.suspended:
        listener.suspended();
        break;
      case RecordKind.settled:
        this.#settle(launch, records, at);
        break;
      case RecordKind.cleanedUp: {
        const details = records[at + CleanedUpField.hasDetails] === 1 ? this.#details(records, at) : undefined;
        listener.cleanedUp(readCleanedUp(records, at, details));
        break;
      }
    }
  }

  #settle(launch: LiveLaunch, records: Float64Array, at: number): void {
    launch.settled = true;
    if (launch.referenced) this.#reference(-1);
    const details = records[at + SettledField.hasDetails] === 1 ? this.#details(records, at) : undefined;
    const resolvedFile = launch.resolvedFile ?? details?.resolvedFile ?? this.#fileOf(records[at + 1] ?? 0);
    launch.listener.settled(readSettled(records, at, details, resolvedFile, this.#signals));
  }

  /** What a name was resolved to: from one run to the next mostly the same, so the text is asked for once. */
  #fileOf(id: LaunchId): string {
    const number = this.#engine.fileNumber(id);
    if (number === 0) return this.#engine.details(id).resolvedFile;
    return (this.#files[number] ??= this.#engine.fileName(number));
  }

  #details(records: Float64Array, at: number) {
    return this.#engine.details(records[at + 1] ?? 0);
  }
}

function streamIndex(stream: StreamName): number {
  return stream === 'stdout' ? 0 : 1;
}

/** The strings of a launch in the order of {@link NativeEngine.launch}, each ended by NUL. */
function toText(spec: LaunchSpec): string {
  let text = `${spec.file}\0`;
  for (const argument of spec.args) text += `${argument}\0`;
  text += `${spec.cwd ?? ''}\0${spec.stdin.kind === 'file' ? spec.stdin.path : ''}\0`;
  for (const [name, value] of spec.environment.set) text += `${name}=${value}\0`;
  for (const name of spec.environment.unset) text += `${name}\0`;
  return text;
}

/** What a path names is known here; what a bare name means is decided by the engine's look-up. */
function knownFile(spec: LaunchSpec): string | undefined {
  if (isAbsolute(spec.file)) return spec.file;
  if (!spec.file.includes('/')) return undefined;
  return join(spec.cwd ?? process.cwd(), spec.file);
}

function limitSupport(limits: NativeCapabilities['containment'][number]['limits']): ContainmentLevel['limits'] {
  const entries = LIMIT_NAMES.map((name, index) => {
    const { reach, how } = limits[index] ?? { reach: 0, how: '' };
    return [name, Object.freeze({ reach: LIMIT_REACHES[reach] ?? 'none', how })] as const;
  });
  return Object.freeze(Object.fromEntries(entries) as ContainmentLevel['limits']);
}

function describe(addon: NativeAddon): BackendCapabilities {
  const native = addon.capabilities();
  const levels = native.containment.map(({ name, available, detail, escapeProof, hostCrash, limits }) => [
    name,
    Object.freeze({ available, detail, escapeProof, hostCrash, limits: limitSupport(limits) }) as ContainmentLevel,
  ]);
  return Object.freeze({
    backend: 'native',
    deadlines: 'engine',
    containment: Object.freeze(Object.fromEntries(levels) as Record<Containment, ContainmentLevel>),
    defaultContainment: native.defaultContainment as Containment,
    cleanup: native.cleanup as BackendCapabilities['cleanup'],
    endsWithWorker: true,
    terminal: true,
    usage: true,
    order: 'engine',
    blockFlow: true,
    features: Object.freeze({ ...native.features }),
  });
}
