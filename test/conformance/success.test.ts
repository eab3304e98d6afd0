// Promised    : success is an exit code among `successExitCodes` of a run that nothing stopped, and everything that asks whether
//               a run succeeded asks that.
import { describe, expect, it } from 'vitest';
import { parseResult } from '../../src/core/parse-result.js';
import { classifyResult, retry } from '../../src/failure/public.js';
import { CommandFailedError, type RunResult } from '../../src/index.js';
import { toLogRecord } from '../../src/telemetry/index.js';
import { forEachBackend } from './describe-backend.js';

forEachBackend((scene) => {
  const exit = (code: number, successExitCodes?: readonly number[]): Promise<RunResult> =>
    scene.run('exit-by', ['code', String(code)], { successExitCodes });

  it.each([
    { code: 0, accepted: undefined, success: true },
    { code: 1, accepted: undefined, success: false },
    { code: 1, accepted: [0, 1], success: true },
    { code: 2, accepted: [0, 1], success: false },
    { code: 0, accepted: [3], success: false },
    { code: 255, accepted: [255], success: true },
  ])('RES-02: exit code $code is success $success with $accepted', async ({ code, accepted, success }) => {
    const result = await exit(code, accepted);
    expect(result).toMatchObject({ success, exitCode: code, successExitCodes: accepted ?? [0] });
    expect(parseResult(JSON.stringify(result))).toMatchObject({ success, successExitCodes: accepted ?? [0] });
    expect(classifyResult(result) === null).toBe(success);
    expect(toLogRecord(result)).toMatchObject({ outcome: 'exited', exitCode: code });
  });

  const accepted = Array.from({ length: 256 }, (_, code) => code);

  it('RES-02: a run that was stopped has no success, whatever its exit code is', async () => {
    const stopped = await scene.run('on-terminate', ['exit', '0'], { timeoutMs: 150, successExitCodes: accepted });
    expect(stopped).toMatchObject({ success: false, timedOut: true });
  });

  it('RES-02: a run that crashed has no success, whatever its exit code is', async () => {
    const crashed = await scene.run('exit-by', ['signal', '9'], { successExitCodes: accepted });
    expect(crashed.success).toBe(false);
  });

  describe('what asks for success', () => {
    it('RES-02: reject rejects for other codes only', async () => {
      const options = { reject: true, successExitCodes: [1] };
      expect((await scene.run('exit-by', ['code', '1'], options)).success).toBe(true);
      const failure: unknown = await scene.run('exit-by', ['code', '0'], options).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(CommandFailedError);
      expect(failure).toMatchObject({ code: 'NON_ZERO_EXIT', message: expect.stringContaining('code 0') as string });
    });

    it('RES-02: retry is content with an accepted code', async () => {
      const { attempts } = await retry(() => exit(1, [1]), { idempotent: true, delayMs: 1 });
      expect(attempts).toHaveLength(1);
    });

    it('RES-02: a pipeline goes on behind a command with an accepted code', async () => {
      const last = scene.start('copy-stdin', [], { stdin: 'pipe' });
      const first = scene.start('exit-by', ['code', '1'], { successExitCodes: [1] });
      first.pipe(last);
      expect(await first.result).toMatchObject({ success: true, exitCode: 1 });
      expect(await last.result).toMatchObject({ success: true, cancelled: false });
    });
  });
});
