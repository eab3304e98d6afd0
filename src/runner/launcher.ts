/**
 * The way from a call of `run`, `start` or `runSync` to a run: read and check the arguments, make the run, launch it.
 */
import { CommandValidationError } from '../core/errors.js';
import { readInvocation, type Invocation, type InvocationDefaults } from '../core/invocation.js';
import { observerFailure } from '../core/settled-facts.js';
import { RUN_LIMITS } from '../policy/limits.js';
import { prepareLaunch } from './prepare-launch.js';
import type { RunContext } from './run-context.js';
import type { RunGroup } from './run-group.js';
import { ProcessRunHandle } from './run-handle.js';
import { RunRedaction } from './run-redaction.js';
import { Run, type AnyResult } from './run.js';

export class Launcher {
  readonly group: RunGroup;
  readonly #context: () => RunContext;
  readonly #defaults: InvocationDefaults;
  readonly #redaction: RunRedaction;

  /** `context` is asked for with the first valid call, because it loads the backend. */
  constructor(
    context: () => RunContext,
    defaults: InvocationDefaults,
    group: RunGroup,
    redaction = new RunRedaction(),
  ) {
    this.#context = context;
    this.#defaults = defaults;
    this.#redaction = redaction;
    this.group = group;
  }

  /** A launcher with the same defaults, whose runs belong to another group. */
  withGroup(group: RunGroup): Launcher {
    return new Launcher(this.#context, this.#defaults, group, this.#redaction);
  }

  /** Never throws: what is wrong with the call is a rejection. */
  run(command: unknown, second: unknown, third: unknown): Promise<AnyResult> {
    try {
      const run = this.#create(this.#readWithoutHandle(command, second, third), false);
      // Before the launch, so that settling finds the promise there.
      const result = run.answers.whenResult();
      run.launch();
      return result;
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is whatever was thrown
      return Promise.reject(error);
    }
  }

  start(command: unknown, second: unknown, third: unknown): ProcessRunHandle {
    const run = this.#create(readInvocation(command, second, third, this.#defaults, RUN_LIMITS), true);
    run.launch();
    const handle = new ProcessRunHandle(run);
    // Until the caller's next turn output is held, so that `start()` followed by `lines()` loses nothing.
    queueMicrotask(() => {
      handle.releaseUnreadOutput();
    });
    return handle;
  }

  runSync(command: unknown, second: unknown, third: unknown): AnyResult {
    const invocation = this.#readWithoutHandle(command, second, third);
    refuseListeners(invocation);
    return this.#create(invocation, false).launchSync();
  }

  #create(invocation: Invocation, isHeld: boolean): Run {
    const context = this.#context();
    prepareLaunch(invocation, context);
    const reason = context.observers?.health().refusal ?? null;
    if (reason !== null) invocation.refusal ??= observerFailure(reason);
    return new Run(context, this.group, invocation, this.#redaction.of(invocation), isHeld);
  }

  #readWithoutHandle(command: unknown, second: unknown, third: unknown): Invocation {
    const invocation = readInvocation(command, second, third, this.#defaults, RUN_LIMITS);
    if (invocation.stdin === 'pipe') {
      const message = "cannot be 'pipe' here: only the handle of start() can write to it and end it";
      throw new CommandValidationError([{ property: 'stdin', message }]);
    }
    return invocation;
  }
}

/** Nothing can be called, copied or awaited while the thread is blocked. */
function refuseListeners({ handlers, tee, inputSource }: Invocation): void {
  if (handlers === undefined && tee === undefined && inputSource === undefined) return;
  const properties = Object.keys(handlers ?? {});
  if (tee !== undefined) properties.push('tee');
  if (inputSource !== undefined) properties.push('input');
  if (properties.length === 0) return;
  const message = 'cannot be served by runSync: use run()';
  throw new CommandValidationError(properties.map((property) => ({ property, message })));
}
