/**
 * `custody/testing`: a runner for tests of code that runs commands. It starts nothing; a script says what each command would
 * have done.
 */
import type { RunnerOptions } from '../runner/create-runner.js';
import { runnerOnBackend } from '../runner/runner-on-backend.js';
import type { CustodyRunner } from '../runner/runner.js';
import { Script } from './script.js';
import { ScriptedBackend } from './scripted-backend.js';
import type { ScriptedCommand } from './scripted-command.js';

/** A runner that answers from a script. */
export interface ScriptedRunner extends CustodyRunner {
  /**
   * Call it at the end of the test.
   *
   * @throws {@link ScriptError} naming every command that was not expected and every expectation that was not used.
   */
  readonly verify: () => void;
}

/** Options of {@link scriptedRunner}, as those of `createRunner`. */
export type ScriptedRunnerOptions = Omit<RunnerOptions, 'native'>;

/**
 * A runner on which each call takes the first unused command of the script that fits it. A call that fits none is refused with
 * {@link ScriptError}: `run` rejects, `start` and `runSync` throw, and `verify` tells it again, should the code under test have
 * swallowed it.
 *
 * Options are checked, lines are split and results are made by the real runner; `result.backend` is `'scripted'`. A command that
 * `waits` ends when it is stopped; its timeout does not run.
 *
 * @throws `TypeError` for a command without a file or with more than one ending.
 */
export function scriptedRunner(
  commands: readonly ScriptedCommand[],
  options: ScriptedRunnerOptions = {},
): ScriptedRunner {
  const script = new Script(commands);
  return Object.assign(runnerOnBackend(new ScriptedBackend(script), options), {
    verify: () => {
      script.verify();
    },
  });
}
