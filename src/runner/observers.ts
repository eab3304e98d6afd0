/**
 * The observers of a runner, kept apart from its runs and from each other.
 */
import { CommandValidationError } from '../core/errors.js';
import type {
  CleanedUpEvent,
  LaunchedEvent,
  ObserverHealth,
  OutputEvent,
  RunObserver,
  SettledEvent,
  StartedEvent,
} from '../core/observer.js';

/** What went wrong in observers. */
export interface ObserverFaults {
  readonly count: number;
  /** The last of them in words; `null` if there was none. */
  readonly last: string | null;
}

interface Events {
  readonly launched: LaunchedEvent;
  readonly started: StartedEvent;
  readonly output: OutputEvent;
  readonly settled: SettledEvent;
  readonly cleanedUp: CleanedUpEvent;
}

const HEALTHY: ObserverHealth = { problems: [], refusal: null };

export class Observers {
  readonly #observers: readonly RunObserver[];
  /** Somebody wants to hear of output. */
  readonly hearsOutput: boolean;
  /** Those that have something to say of themselves. */
  readonly #asked: readonly RunObserver[];
  #count = 0;
  #last: string | null = null;

  constructor(observers: readonly RunObserver[]) {
    this.#observers = observers;
    this.#asked = observers.filter((observer) => observer.health !== undefined);
    this.hearsOutput = observers.some((observer) => observer.output !== undefined);
  }

  get faults(): ObserverFaults {
    return { count: this.#count, last: this.#last };
  }

  tell<K extends keyof Events>(kind: K, event: Events[K]): void {
    Object.freeze(event);
    for (const observer of this.#observers) {
      try {
        const answer: unknown = (observer[kind] as ((event: Events[K]) => unknown) | undefined)?.(event);
        if (answer instanceof Promise) answer.catch(this.#note);
      } catch (error) {
        this.#note(error);
      }
    }
  }

  /** What the observers say of themselves. */
  health(): ObserverHealth {
    const asked = this.#asked;
    if (asked.length === 0) return HEALTHY;
    const answers = asked.flatMap((observer) => {
      try {
        const answer = observer.health?.();
        return answer === undefined ? [] : [answer];
      } catch (error) {
        this.#note(error);
        return [];
      }
    });
    return {
      problems: answers.flatMap(({ problems }) => problems),
      refusal: answers.find(({ refusal }) => refusal !== null)?.refusal ?? null,
    };
  }

  readonly #note = (error: unknown): void => {
    this.#count += 1;
    this.#last = error instanceof Error ? error.message : String(error);
  };
}

/**
 * Takes the observers of a runner; `undefined` if there are none.
 *
 * @throws {@link CommandValidationError} with code `VALIDATION_FAILED` if they are not a list of objects.
 */
export function createObservers(observers: readonly RunObserver[] | undefined): Observers | undefined {
  if (observers === undefined) return undefined;
  if (!Array.isArray(observers) || observers.some((observer) => typeof observer !== 'object' || observer === null)) {
    throw new CommandValidationError([{ property: 'observers', message: 'must be a list of observers' }]);
  }
  return observers.length === 0 ? undefined : new Observers([...(observers as readonly RunObserver[])]);
}
