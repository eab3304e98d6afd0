// Promised    : a batch file gets its arguments as text. What cmd.exe would act on is quoted, and what it would act on even
//               within quotation marks is refused before anything runs.
// Not promised: what a batch file does with its arguments (`%~1`, `call`).
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { onWindows, windowsScene } from './stage.js';

describe.runIf(onWindows)('a batch file', () => {
  const scene = windowsScene();
  let batch = '';

  beforeEach(() => {
    batch = join(scene.directory, 'show it.cmd');
    writeFileSync(batch, `@"${scene.probe}" args %*\r\n`);
  });

  it.each([
    ['words with blanks', 'a b'],
    ['an ampersand', 'a&echo injected'],
    ['a pipe', 'a|echo injected'],
    ['redirections', 'a>injected<b'],
    ['a caret', 'a^b'],
    ['parentheses', 'a)(b'],
    ['delayed expansion', '!PATH!'],
    ['a quotation mark', 'a"b'],
    ['a way out of the quotation', '" & echo injected > injected & "'],
    ['a trailing backslash', 'a b\\'],
    ['nothing', ''],
    ['list separators', 'a,b;c=d'],
  ])('SHL-09: gets %s as text', async (_what, argument) => {
    const result = await scene.runner.run(batch, [argument, 'end'], { cwd: scene.directory });
    const outcome = { kind: 'exited', exitCode: 0 };
    expect(scene.record(result)).toMatchObject({ outcome, stdout: `${argument}\0end\0`, stderr: '' });
    expect(existsSync(join(scene.directory, 'injected'))).toBe(false);
  });

  it.each(['%PATH%', '100%', 'a\nb', 'a\rb', '%CD:~0,1%'])('SHL-09: is not run with %j', async (argument) => {
    const { outcome } = await scene.runner.run(batch, [argument]);
    expect(outcome).toMatchObject({ kind: 'not-started', error: { code: 'VALIDATION_FAILED' } });
  });

  it('SHL-03: is run in its job, with its exit code', async () => {
    writeFileSync(batch, '@exit /b 300\r\n');
    const result = await scene.runner.run(batch);
    expect(scene.record(result).outcome).toEqual({ kind: 'exited', exitCode: 300 });
    expect(result.cleanup).toMatchObject({ mechanism: 'job', status: 'confirmed' });
  });

  it('CMD-16: is refused a line of more than 8 191 characters', async () => {
    const { outcome } = await scene.runner.run(batch, ['x'.repeat(8_192)]);
    expect(outcome).toMatchObject({ kind: 'not-started', error: { code: 'ARGV_TOO_LONG' } });
  });
});
