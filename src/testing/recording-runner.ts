/**
 * `custody/testing`: keeps what real commands did, so that a test can play it again without them.
 */
import type { Outcome, StopCause } from '../core/outcome.js';
import type { RunResult } from '../core/run-result.js';
import type { Runner } from '../runner/runner.js';
import { scriptedRunner, type ScriptedRunner, type ScriptedRunnerOptions } from './scripted-runner.js';
import type { ScriptedCommand, ScriptedEnding, ScriptedOutput } from './scripted-command.js';

/** Recorded commands in the order in which they settled; plain JSON. */
export interface Recording {
  readonly version: 1;
  readonly commands: readonly RecordedCommand[];
}

/** A {@link ScriptedCommand} without functions, its bytes as base64. */
export type RecordedCommand = Omit<ScriptedCommand, 'args' | 'stdout' | 'stderr'> & {
  readonly args: readonly string[];
  readonly stdout?: Exclude<ScriptedOutput, Uint8Array>;
  readonly stderr?: Exclude<ScriptedOutput, Uint8Array>;
};

/** A runner that remembers. */
export interface RecordingRunner extends Runner {
  /** What has settled so far. */
  readonly recording: () => Recording;
}

/** Options of {@link recordingRunner}. */
export interface RecordingOptions {
  /** Changes each text before it is kept: arguments, directories and output. For secrets and paths of this machine. */
  readonly clean?: ((text: string) => string) | undefined;
}

/**
 * A runner that passes every call to `runner` and keeps the results.
 *
 * @remarks A recording holds arguments and output as they were; pass `clean` to take secrets out. Output that was truncated is
 * kept as it stands in the result. Results that are awaited only through `reject: true` are kept as well.
 */
export function recordingRunner(runner: Runner, { clean = (text) => text }: RecordingOptions = {}): RecordingRunner {
  const commands: RecordedCommand[] = [];
  const keep = (result: RunResult<string | Uint8Array>): void => {
    commands.push(toCommand(result, clean));
  };
  return {
    run: ((...call: Parameters<Runner['run']>) => watch(runner.run(...call), keep)) as Runner['run'],
    start: ((...call: Parameters<Runner['start']>) => {
      const handle = runner.start(...call);
      watch(handle.result, keep).catch(() => undefined); // it rejects for whoever looks at the handle
      return handle;
    }) as Runner['start'],
    recording: () => ({ version: 1, commands: [...commands] }),
  };
}

/**
 * A {@link scriptedRunner} that plays a recording: each command answers as many calls as it was recorded.
 *
 * @throws `TypeError` if this is no recording of a version known here.
 */
export function replayRunner(recording: Recording, options: ScriptedRunnerOptions = {}): ScriptedRunner {
  if ((recording.version as number) !== 1 || !Array.isArray(recording.commands)) {
    throw new TypeError('not a recording of version 1: pass what recordingRunner(...).recording() returned');
  }
  return scriptedRunner(recording.commands, options);
}

async function watch<R extends RunResult<string | Uint8Array>>(
  pending: Promise<R>,
  keep: (result: RunResult<string | Uint8Array>) => void,
): Promise<R> {
  try {
    const result = await pending;
    keep(result);
    return result;
  } catch (error) {
    if (isFailure(error)) keep(error.result);
    throw error;
  }
}

/** A rejection of `reject: true` carries its result. */
function isFailure(error: unknown): error is { readonly result: RunResult<string | Uint8Array> } {
  return error instanceof Error && 'result' in error;
}

function toCommand(result: RunResult<string | Uint8Array>, clean: (text: string) => string): RecordedCommand {
  const { file, args, cwd } = result.command;
  const output = (stream: 'stdout' | 'stderr') => {
    const kept = result[stream];
    if (kept.length === 0) return {};
    return { [stream]: typeof kept === 'string' ? clean(kept) : { base64: Buffer.from(kept).toString('base64') } };
  };
  return {
    file: clean(file),
    args: args.map(clean),
    ...(cwd === null ? {} : { cwd: clean(cwd) }),
    ...endingOf(result.outcome),
    ...output('stdout'),
    ...output('stderr'),
  };
}

function endingOf(outcome: Outcome): ScriptedEnding {
  switch (outcome.kind) {
    case 'exited':
      return outcome.exitCode === 0 ? {} : { exitCode: outcome.exitCode };
    case 'signaled':
      return { signal: outcome.signal };
    case 'stopped':
      return endingOfCause(outcome.cause);
    case 'not-started':
      if (outcome.cause !== undefined) return endingOfCause(outcome.cause);
      if (outcome.error.code === 'WORKING_DIRECTORY_NOT_FOUND') return { notStarted: 'cwd-not-found' };
      return { notStarted: outcome.error.code === 'PERMISSION_DENIED' ? 'not-permitted' : 'not-found' };
    case 'lost':
    case 'detached':
      return {};
  }
}

function endingOfCause(cause: StopCause): ScriptedEnding {
  return { stopped: cause === 'host-exit' ? 'cancelled' : cause };
}
