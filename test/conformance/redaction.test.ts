// Promised    : a secret reaches the command through its environment and is shown nowhere: not in the text of the result, the
//               combined view, lines, tails, the command that is echoed, the reason or a message, whatever was dropped.
// Not promised: bytes, unless asked; streams that the command inherits; forms of a secret that nobody recognises.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommandFailedError, type RunHandle, type RunOptions } from '../../src/index.js';
import type { BackendScene } from './scene.js';
import { forEachBackend } from './describe-backend.js';
import { givenVariables } from './given-variables.js';

const SECRET = 'XYXYZ-hunter2-XXYZ';
const TOKEN = `ghp_${'a1'.repeat(18)}`;
const secrets = { DEPLOY_TOKEN: SECRET };
const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqZZ\nhkiG9w0BAQEFAASCZZ\n-----END KEY-----';

async function linesOf(handle: RunHandle): Promise<string[]> {
  const lines: string[] = [];
  for await (const { text } of handle.lines()) lines.push(text);
  return lines;
}

/** Has the text written in writes of random sizes, so that chunks end anywhere. */
function replay(scene: BackendScene, text: string, options: RunOptions): RunHandle {
  const file = join(scene.directory, 'output');
  writeFileSync(file, text);
  return scene.start('replay', [file, '7', '11'], options);
}

forEachBackend((scene) => {
  it('ENV-09: a secret reaches the command by its environment', async () => {
    const options = { envMode: 'replace', secrets, redact: false } as const;
    expect(givenVariables((await scene.run('env', [], options)).stdout)).toEqual([`DEPLOY_TOKEN=${SECRET}`]);
    expect((await scene.run('args', ['a'], options)).stdout).not.toContain(SECRET);
  });

  it('ENV-10, RES-11: the result shows no secret, in text and in its JSON form', async () => {
    const result = await scene.run('env', [SECRET], { envMode: 'replace', secrets });
    expect(givenVariables(result.stdout)).toEqual(['DEPLOY_TOKEN=[REDACTED]']);
    expect(result.combined()).toBe(result.stdout);
    expect(result.command.args).toEqual(['env', '[REDACTED]']);
    expect(JSON.stringify(result)).not.toContain(SECRET);
    const sync = scene.runSync('env', [], { envMode: 'replace', secrets });
    expect(givenVariables(sync.stdout)).toEqual(['DEPLOY_TOKEN=[REDACTED]']);
  });

  it('ENV-10: what looks like a secret is shown unless that is asked for', async () => {
    const input = `token ${TOKEN}\npassword: hunter2hunter2\n`;
    expect((await scene.run('copy-stdin', [], { input })).stdout).toBe(input);
    const shown = 'token [REDACTED]\npassword: [REDACTED]\n';
    expect((await scene.run('copy-stdin', [], { input, redact: true })).stdout).toBe(shown);
    const redact = { patterns: ['(?i)PASSWORD'], values: ['hunter2hunter2'], builtIn: false };
    expect((await scene.run('copy-stdin', [], { input, redact })).stdout).toBe(
      `token ${TOKEN}\n[REDACTED]: [REDACTED]\n`,
    );
  });

  it('ENV-14: lines show no secret wherever the writes of the command end, also one of several lines', async () => {
    const text = `a ${SECRET} b\n${key}\nlast ${SECRET}`;
    const handle = replay(scene, text, { secrets: { ...secrets, KEY: key } });
    expect(await linesOf(handle)).toEqual(['a [REDACTED] b', '[REDACTED]', 'last [REDACTED]']);
    const { stdout } = await handle.result;
    expect(stdout).toBe('a [REDACTED] b\n[REDACTED]\nlast [REDACTED]');
  });

  it('ENV-14: no piece of a secret stands at a truncation seam, in text, bytes, lines or a tail', async () => {
    const text = `${SECRET}.`.repeat(120);
    const piece = /[XYZ]{2}|hunter/;
    for (const extra of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const options = { secrets, maxOutputBytes: 1024 + extra };
      const { stdout, output } = await replay(scene, text, options).result;
      expect(output.stdout.truncated).toBe(true);
      expect(stdout).toContain('OUTPUT TRUNCATED');
      expect(stdout).not.toMatch(piece);
      const handle = replay(scene, text, options);
      await handle.result;
      expect(handle.tail('stdout', { bytes: 100 + extra })).not.toMatch(piece);
      expect(handle.tail('stdout', { lines: 3 })).not.toMatch(piece);
      expect((await linesOf(handle)).join('\n')).not.toMatch(piece);
    }
    const file = join(scene.directory, 'output');
    const bytes = { encoding: 'buffer', secrets, maxOutputBytes: 1024, redact: { bytes: true } } as const;
    const result = await scene.runner.run(scene.probe, ['replay', file, '7', '11'], bytes);
    expect(result.stdout).toHaveLength(1024);
    expect(new TextDecoder().decode(result.stdout)).not.toMatch(piece);
    expect(new TextDecoder().decode(result.stdout)).toContain('*'.repeat(SECRET.length));
  });

  it('ENV-10: bytes are as the command wrote them unless asked', async () => {
    const handle = scene.start('copy-stdin', [], { input: SECRET, secrets });
    await handle.result;
    expect(new TextDecoder().decode(handle.read('stdout', 0).bytes)).toBe(SECRET);
    const options = { input: SECRET, secrets, encoding: 'buffer' } as const;
    const { stdout } = await scene.runner.run(scene.probe, ['copy-stdin'], options);
    expect(new TextDecoder().decode(stdout)).toBe(SECRET);
  });

  describe('a tail', () => {
    it('ENV-14: that begins within a secret shows it as one, and no beginning of one while the command runs', async () => {
      // Who gives up on the end of the output sooner does not know that a beginning is all there is.
      const handle = scene.start('copy-stdin', [], { stdin: 'pipe', secrets, drainMs: 20_000 });
      await handle.write(`a ${SECRET} end of it and hunter, XYX`);
      await scene.output(handle, 'end');
      expect(handle.tail('stdout', { bytes: 35 })).toBe('[REDACTED] end of it and hunter, [REDACTED]');
      handle.endInput();
      await handle.result;
      expect(handle.tail('stdout', { bytes: 4 })).toBe(' XYX');
    });
  });

  it('ENV-16: redact false shows the result as it is and nothing else', async () => {
    const options = { input: `${SECRET}\n`, secrets, redact: false, cwd: undefined } as const;
    const handle = scene.start('copy-stdin', [SECRET], options);
    expect(await linesOf(handle)).toEqual(['[REDACTED]']);
    const result = await handle.result;
    expect(result.stdout).toBe(`${SECRET}\n`);
    expect(result.command.args).toContain(SECRET);
    expect(handle.tail('stdout', { lines: 1 })).toBe('[REDACTED]\n');
  });

  it.each([undefined, false])('ENV-10: messages show no secret, with redact %j', async (redact) => {
    const missing = await scene.runner.run(`/nowhere/${SECRET}`, [], { secrets, redact });
    expect('error' in missing.outcome && missing.outcome.error.message).toBe('command not found: .../[REDACTED]');
    const handle = await scene.startReady('wait', [], { secrets, redact, reject: true });
    handle.stop(`stopped ${SECRET}`);
    const failing = handle.result;
    const error = await failing.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CommandFailedError);
    expect((error as CommandFailedError).message).not.toContain(SECRET);
    expect(JSON.stringify(error)).not.toContain(SECRET);
    expect((error as CommandFailedError).result.reason).toBe(`stopped ${redact === false ? SECRET : '[REDACTED]'}`);
  });

  it('ENV-14: says in the result what is not redacted', async () => {
    const { warnings, stdout } = await scene.run('args', ['short'], { secrets: { PIN: '1234' }, stderr: 'inherit' });
    expect(warnings).toEqual([
      'secrets.PIN is not redacted: it has fewer than 6 characters',
      'stderr is not redacted: it is inherited',
    ]);
    expect(stdout).toContain('short');
    expect((await scene.run('args', [], { secrets })).warnings).toEqual([]);
  });

  it('ENV-15: a bad pattern is refused before anything is started', async () => {
    await expect(scene.run('args', [], { redact: { patterns: ['(?i)ok', '('] } })).rejects.toThrow(
      /redact\.patterns\[1\] is not a pattern in RE2 syntax/,
    );
  });

  it('a runner registers for all its runs, and a call adds to that', async () => {
    await using runner = scene.anotherRunner({ secrets, redact: { values: ['second-secret'], builtIn: false } });
    const input = `${SECRET} second-secret third-secret`;
    const options = { input, redact: { values: ['third-secret'] } };
    expect((await runner.run(scene.probe, ['copy-stdin'], { input })).stdout).toBe(
      '[REDACTED] [REDACTED] third-secret',
    );
    expect((await runner.run(scene.probe, ['copy-stdin'], options)).stdout).toBe('[REDACTED] [REDACTED] [REDACTED]');
  });
});
