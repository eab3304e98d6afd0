import type { Backend, Flow, LaunchId, StreamName } from '../backend/backend.js';
import type { Cleanup } from '../core/cleanup.js';
import type { CorrelationIds } from '../core/correlation.js';
import type { RunEvent, RunRequest } from '../core/observer.js';
import type { EnvLayer, Invocation } from '../core/invocation.js';
import type { Redactor } from '../core/redactor.js';
import { commandShown, createResult, type CommandSummary, type ResultParts } from '../core/run-result.js';
import type { Observers } from './observers.js';
import type { AnyResult } from './run.js';

/** The run as its events show it. */
interface Subject {
  readonly id: string;
  readonly invocation: Readonly<Invocation>;
  readonly redactor: Redactor | undefined;
  readonly correlationIds: CorrelationIds;
}

/** Tells the observers of one run. There is one only where there are observers. */
export class RunReporter {
  readonly #observers: Observers;
  readonly #subject: Subject;
  readonly #command: CommandSummary;
  readonly #wallMs: () => number;

  constructor(observers: Observers, subject: Subject, wallMs: () => number) {
    this.#observers = observers;
    this.#subject = subject;
    this.#command = commandShown(subject.invocation, subject.redactor);
    this.#wallMs = wallMs;
    observers.tell('launched', { ...this.#event(), request: requestOf(subject) });
  }

  /** What a stream is watched for when no reader does. */
  get leastFlow(): Flow {
    return this.#observers.hearsOutput ? 'drop' : 'off';
  }

  watchOutput(backend: Backend, id: LaunchId, streams: readonly StreamName[]): void {
    if (!this.#observers.hearsOutput) return;
    for (const stream of streams) backend.watch(id, stream, this.leastFlow);
  }

  started(pid: number): void {
    this.#observers.tell('started', { ...this.#event(), pid });
  }

  output(stdoutBytes: number, stderrBytes: number): void {
    this.#observers.tell('output', { ...this.#event(), stdoutBytes, stderrBytes });
  }

  /** What the caller wants shown raw in its result is still nothing for others. */
  settled(result: AnyResult, parts: ResultParts): void {
    this.#observers.tell('settled', { ...this.#event(), result: shownToOthers(result, parts) });
  }

  cleanedUp(cleanup: Cleanup): void {
    this.#observers.tell('cleanedUp', { ...this.#event(), cleanup });
  }

  #event(): RunEvent {
    const { id, correlationIds } = this.#subject;
    return { id, command: this.#command, correlationIds, timestamp: this.#wallMs() };
  }
}

function shownToOthers(result: AnyResult, parts: ResultParts): AnyResult {
  const { redact } = parts.invocation;
  if (redact?.inResult !== false) return result;
  return createResult({ ...parts, invocation: { ...parts.invocation, redact: { ...redact, inResult: true } } });
}

const NO_ENV: RunRequest['env'] = Object.freeze({});
const NO_NAMES: readonly string[] = Object.freeze([]);

function requestOf({ invocation, redactor }: Subject): RunRequest {
  const { envLayers, secretLayers, envMode, timeoutMs, input, inputSource } = invocation;
  return Object.freeze({
    ...(envLayers.length === 0 ? { env: NO_ENV, unsetEnv: NO_NAMES } : changesOf(envLayers, redactor)),
    envMode,
    secretNames: secretLayers.length === 0 ? NO_NAMES : namesOf(secretLayers),
    timeoutMs,
    hasInput: input !== undefined || inputSource !== undefined,
  });
}

/** Layers as one: later ones win. */
function changesOf(layers: readonly EnvLayer[], redactor: Redactor | undefined): Pick<RunRequest, 'env' | 'unsetEnv'> {
  const changes = new Map<string, string | undefined>();
  for (const { set, unset } of layers) {
    for (const name of unset) changes.set(name, undefined);
    for (const [name, value] of set) changes.set(name, redactor?.redact(value) ?? value);
  }
  const entries = [...changes];
  return {
    // fromEntries defines own properties, so a variable named __proto__ is a variable like any other.
    env: Object.freeze(
      Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined)),
    ),
    unsetEnv: Object.freeze(entries.filter(([, value]) => value === undefined).map(([name]) => name)),
  };
}

function namesOf(layers: readonly EnvLayer[]): readonly string[] {
  return Object.freeze([...new Set(layers.flatMap(({ set }) => set.map(([name]) => name)))]);
}
