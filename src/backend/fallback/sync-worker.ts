/** Entry of the worker behind `launchSync`: runs commands on an event loop of its own while its host's thread sleeps. */
import { workerData } from 'node:worker_threads';
import type { LaunchId, LaunchListener } from '../backend.js';
import type { SettledFacts } from '../../core/settled-facts.js';
import { FallbackBackend } from './fallback-backend.js';
import { ANSWERED, type SyncAnswer, type SyncRequest, type SyncWorkerData } from './sync-protocol.js';

const { port, flags } = workerData as SyncWorkerData;
const backend = new FallbackBackend({ syncWorker: undefined });
/** The host's ids of launches that may still have to be stopped, and ours. */
const ours = new Map<LaunchId, LaunchId>();

/** Answers one launch when it has settled. */
class Answer implements LaunchListener {
  readonly #number: number;
  /** Known once the launch has been made, which is before anything is heard of it. */
  id: LaunchId = 0;

  constructor(number: number) {
    this.#number = number;
  }

  settled(facts: SettledFacts): void {
    const remains = backend.remainsOf(this.id, facts);
    const answer: SyncAnswer = { number: this.#number, remains };
    const blocks = [remains.stdout, remains.stderr].flatMap((ring) =>
      ring === undefined ? [] : [ring.head.buffer, ring.tail.buffer],
    );
    port.postMessage(answer, blocks);
    done(this.#number);
  }

  started(): void {
    // The host sleeps; it learns of everything at once.
  }

  output(): void {
    // Nobody watches.
  }

  stdinWritable(): void {
    // All input came with the launch.
  }

  suspended(): void {
    // Node tells of no suspension.
  }

  cleanedUp(): void {
    // The host has its result by now and no handle to hear this through.
  }
}

function done(number: number): void {
  Atomics.store(flags, ANSWERED, number);
  Atomics.notify(flags, ANSWERED);
}

port.on('message', (request: SyncRequest) => {
  switch (request.kind) {
    case 'launch': {
      const answer = new Answer(request.number);
      answer.id = backend.launch(request.spec, answer);
      ours.set(request.id, answer.id);
      break;
    }
    case 'close':
      backend.closeSync(request.budgetMs);
      done(request.number);
      break;
    case 'stop':
      backend.stop(ours.get(request.id) ?? 0, request.cause, request.graceMs);
      break;
    case 'release':
      backend.release(ours.get(request.id) ?? 0);
      ours.delete(request.id);
      break;
  }
});
