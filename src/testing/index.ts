/**
 * `custody/testing`: for tests of code that runs commands.
 *
 * @module custody/testing
 */
export {
  expectNoLeaks,
  LeaksFoundError,
  markDescriptors,
  type DescriptorMark,
  type Leak,
  type LeakOptions,
} from './expect-no-leaks.js';
export {
  recordingRunner,
  replayRunner,
  type RecordedCommand,
  type Recording,
  type RecordingOptions,
  type RecordingRunner,
} from './recording-runner.js';
export { ScriptError } from './script.js';
export type { ScriptedCommand, ScriptedEnding, ScriptedOutput } from './scripted-command.js';
export { scriptedRunner, type ScriptedRunner, type ScriptedRunnerOptions } from './scripted-runner.js';
