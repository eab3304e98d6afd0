import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { findConfigFile, loadConfig, parseConfig, runnerOptionsOf } from '../../../src/config/index.js';
import { createRunner, type RunnerOptions } from '../../../src/index.js';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'custody-config-')));
afterAll(() => rmSync(base, { recursive: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(base, 'repo-'));
  mkdirSync(join(folder, '.git'));
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
});

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe('the configuration file', () => {
  it.each([
    ['custody.yml', 'max_concurrent: 7'],
    ['custody.yaml', 'max_concurrent: 7'],
    ['custody.json', '{"max_concurrent": 7}'],
    ['package.json', '{"name": "x", "custody": {"max_concurrent": 7}}'],
    ['.agent/config.yml', 'other: 1\nexecution:\n  max_concurrent: 7'],
  ])('CFG-01: is %s, found from below', (name, text) => {
    const file = write(name, text);
    const loaded = loadConfig({ cwd: join(folder, 'a', 'b') });
    expect(loaded).toMatchObject({ file, config: { maxConcurrent: 7 } });
    const line = name === '.agent/config.yml' ? 3 : 1;
    expect(loaded.sources['maxConcurrent']).toEqual({ kind: 'file', file: join('..', '..', name), line });
  });

  it('CFG-01: is the nearest one, and of one folder the first in the list', () => {
    write('custody.yml', 'max_concurrent: 1');
    write('custody.json', '{"max_concurrent": 2}');
    const near = write('a/custody.yaml', 'max_concurrent: 3');
    expect(findConfigFile({ cwd: join(folder, 'a', 'b') })).toBe(near);
    expect(loadConfig({ cwd: folder }).config.maxConcurrent).toBe(1);
  });

  it('CFG-01: is not looked for above the repository, nor above the folder where there is none', () => {
    write('custody.yml', 'max_concurrent: 1');
    mkdirSync(join(folder, 'a', '.git'));
    expect(findConfigFile({ cwd: join(folder, 'a', 'b') })).toBeUndefined();
    rmSync(join(folder, '.git'), { recursive: true });
    rmSync(join(folder, 'a', '.git'), { recursive: true });
    expect(findConfigFile({ cwd: join(folder, 'a') })).toBeUndefined();
    expect(findConfigFile({ cwd: folder })).toBeDefined();
  });

  it('CFG-01: is not a package.json that only names the package', () => {
    write('package.json', '{"dependencies": {"custody": "1"}, "scripts": {"custody": "x"}}');
    expect(findConfigFile({ cwd: folder })).toBeUndefined();
    write('package.json', '{"custody": ');
    expect(findConfigFile({ cwd: folder })).toBeUndefined();
  });

  it('CFG-01: is named by an option or by CUSTODY_CONFIG, and may be none', () => {
    write('custody.yml', 'max_concurrent: 1');
    const other = write('other.yml', 'max_concurrent: 2');
    const environment = { CUSTODY_CONFIG: 'other.yml' };
    expect(findConfigFile({ cwd: folder, file: 'other.yml' })).toBe(other);
    expect(findConfigFile({ cwd: folder, environment })).toBe(other);
    expect(findConfigFile({ cwd: folder, file: 'custody.yml', environment })).toBe(join(folder, 'custody.yml'));
    expect(findConfigFile({ cwd: folder, file: false, environment })).toBeUndefined();
    expect(findConfigFile({ cwd: folder, environment: { CUSTODY_CONFIG: 'off' } })).toBeUndefined();
    expect(() => findConfigFile({ cwd: folder, file: 'missing.yml' })).toThrow(/missing\.yml: there is no such/);
  });

  it.runIf(process.getuid?.() === 0)(
    "CFG-01: of a stranger is refused where it was found; that of the folder's owner, and one that is named, are read",
    () => {
      const stranger = 12_345;
      const file = write('custody.yml', 'max_concurrent: 7');
      chownSync(file, stranger, stranger);
      expect(() => findConfigFile({ cwd: folder })).toThrow(/belongs to another user.*--config/u);
      expect(findConfigFile({ cwd: folder, file: 'custody.yml' })).toBe(file);
      chownSync(folder, stranger, stranger);
      expect(findConfigFile({ cwd: folder })).toBe(file);
    },
  );

  it('CFG-04: that cannot be read as text is a problem, named', () => {
    writeFileSync(join(folder, 'custody.yml'), new Uint8Array([0xff, 0xfe, 0x61]));
    expect(() => loadConfig({ cwd: folder })).toThrow(/custody\.yml: is not UTF-8/);
    write('custody.yml', `# ${'x'.repeat(70_000)}`);
    expect(() => loadConfig({ cwd: folder })).toThrow(/larger than/);
    if (process.getuid?.() === 0) return;
    chmodSync(write('custody.yml', ''), 0);
    expect(() => loadConfig({ cwd: folder })).toThrow(/cannot be read \(EACCES\)/);
  });

  it('CFG-05: gives way to the environment, and both to options', () => {
    write('custody.yml', 'native: auto\nroot: a\naudit: {file: logs/audit.db}\n');
    const fromFile = loadConfig({ cwd: join(folder, 'a') });
    expect(fromFile.config).toMatchObject({
      root: join(folder, 'a'),
      audit: { file: join(folder, 'logs', 'audit.db') },
    });
    const environment = { CUSTODY_NATIVE: 'off', CUSTODY_ROOT: 'b', CUSTODY_AUDIT_DB: '/x/audit.db' };
    const overrides = { native: { value: 'require', option: '--native' } };
    const loaded = loadConfig({ cwd: join(folder, 'a'), environment, overrides });
    expect(loaded.config).toMatchObject({
      native: 'require',
      root: join(folder, 'a', 'b'),
      audit: { file: '/x/audit.db' },
    });
    expect(loaded.sources).toMatchObject({
      native: { kind: 'option', name: '--native' },
      root: { kind: 'environment', name: 'CUSTODY_ROOT' },
      maxConcurrent: { kind: 'built-in' },
    });
    expect(() => loadConfig({ cwd: folder, environment: { CUSTODY_NATIVE: 'maybe' } })).toThrow(
      /CUSTODY_NATIVE: must be one of/,
    );
  });

  it('FLG-08: with none everything is the default of the library', () => {
    const loaded = loadConfig({ cwd: folder });
    expect(loaded).toMatchObject({ file: undefined, config: { maxConcurrent: 64, redaction: { enabled: false } } });
    const { defaults, ...others } = runnerOptionsOf(loaded);
    expect(JSON.parse(JSON.stringify({ defaults, ...others }))).toEqual({
      preset: 'default',
      maxConcurrent: 64,
      defaults: { limits: {} },
    });
  });
});

describe('a runner', () => {
  function optionsOf(text: string): RunnerOptions {
    return runnerOptionsOf(parseConfig(text));
  }

  it('CFG-05: gets what a file says in the units of its options', () => {
    const text = [
      'defaultTimeoutSeconds: 1.5\nidleTimeoutSeconds: 60\nqueueTimeoutSeconds: 0\ngraceSeconds: 0.5\nmaxOutputKb: 2',
      'overflow: tail\nonOverflow: kill\nstreamChunkBytes: 9\nuseShell: true\nshell: bash\nmaxConcurrent: 3\nmaxQueued: 5',
      'containment: group\nstragglers: report\nenvironment: {mode: merge, include: [A], A: 1, B: null}',
      'limits: {memoryMb: 2, cpuTimeSeconds: 1, maxProcesses: 3, maxOpenFiles: 20, maxFileSizeMb: 1, strict: true}',
      'redaction: {enabled: false, patterns: [x+]}',
    ].join('\n');
    expect(JSON.parse(JSON.stringify(optionsOf(text)))).toEqual({
      preset: 'default',
      maxConcurrent: 3,
      maxQueued: 5,
      defaults: {
        timeoutMs: 1_500,
        idleTimeoutMs: 60_000,
        queueTimeoutMs: 0,
        graceMs: 500,
        maxOutputBytes: 2_048,
        overflow: 'tail',
        onOverflow: 'kill',
        chunkBytes: 9,
        shell: 'bash',
        containment: 'group',
        stragglers: 'report',
        envMode: 'merge',
        envExclude: ['*_TOKEN', '*_KEY', '*_SECRET', '*_PASSWORD'],
        envInclude: ['A'],
        env: { A: '1', B: null },
        limits: {
          memoryBytes: 2_097_152,
          cpuTimeMs: 1_000,
          maxProcesses: 3,
          maxOpenFiles: 20,
          maxFileSizeBytes: 1_048_576,
        },
        strictLimits: true,
        redact: { builtIn: false, patterns: ['x+'] },
      },
    });
  });

  it('CFG-05: leaves to a preset what the file does not say', () => {
    const { preset, defaults } = optionsOf('preset: agent\nenvironment: {A: 1}\n');
    expect(preset).toBe('agent');
    expect(defaults).toMatchObject({ env: { A: '1' }, envMode: undefined, envExclude: undefined });
    expect(optionsOf('shell: bash').defaults?.shell).toBeUndefined();
  });

  it.each(['', 'preset: agent', 'preset: compat', 'useShell: true', 'environment: {A: 1}', 'native: off'])(
    'CFG-06: is made of what %j says, once',
    async (text) => {
      const loaded = parseConfig(text);
      expect(Object.isFrozen(loaded)).toBe(true);
      await createRunner(runnerOptionsOf(loaded)).close();
    },
  );

  it('CFG-05: an option of a command wins over the file', async () => {
    await using runner = createRunner({
      ...optionsOf('defaultTimeoutSeconds: 5\nenvironment: {A: file, B: file}'),
      native: 'off',
    });
    const { stdout } = await runner.run('sh', ['-c', 'echo $A $B'], { env: { A: 'option' } });
    expect(stdout).toBe('option file\n');
  });
});
