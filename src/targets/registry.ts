/**
 * Runners by kind of target. What a host configures is a kind with its options; what its callers get is a {@link Runner}, and nothing
 * tells them which.
 */
import { CommandValidationError } from '../core/errors.js';
import { nearestName } from '../core/nearest-name.js';
import type { Runner } from '../runner/runner.js';

/** Where to run: a kind that is registered, and whatever its factory takes. */
export interface TargetChoice {
  readonly kind: string;
  readonly [option: string]: unknown;
}

/** Makes the runner of a kind. `local` is the one that the registry stands on. */
export type TargetFactory = (options: Readonly<Record<string, unknown>>, local: Runner) => Runner;

/** Runners by kind. */
export interface TargetRegistry {
  /** The kinds that are registered, `local` first. */
  readonly kinds: readonly string[];
  /**
   * Adds a kind, or puts another factory in the place of one, `local` included.
   *
   * @throws `CommandValidationError` if the name is blank or the factory no function.
   */
  register(kind: string, create: TargetFactory): void;
  /**
   * The runner for a choice: `'local'`, or an object with the kind and its options.
   *
   * @throws `CommandValidationError` for a kind that is not registered, and whatever the factory throws.
   */
  select(choice: string | TargetChoice): Runner;
}

/** A registry that knows `local`, which is the runner given. */
export function createTargetRegistry(local: Runner): TargetRegistry {
  const factories = new Map<string, TargetFactory>([['local', () => local]]);
  return {
    get kinds() {
      return [...factories.keys()];
    },
    register(kind, create) {
      if (typeof kind !== 'string' || kind.trim() === '') throw refusal('kind', 'must be a name');
      if (typeof create !== 'function') throw refusal('create', 'must be a function that makes a runner');
      factories.set(kind, create);
    },
    select(choice) {
      const { kind, ...options } = typeof choice === 'string' ? { kind: choice } : choice;
      const create = factories.get(kind);
      if (create !== undefined) return create(options, local);
      const nearest = nearestName(kind, factories.keys());
      throw refusal('kind', `is not registered${nearest === undefined ? '' : `; did you mean ${nearest}?`}`);
    },
  };
}

function refusal(property: string, message: string): CommandValidationError {
  return new CommandValidationError([{ property, message }]);
}
