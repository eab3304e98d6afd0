import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  checkDirectory,
  findExecutable,
  isTextWithoutInterpreter,
  spawnFailure,
} from '../../../../src/backend/fallback/executable-lookup.js';

const isPosix = process.platform !== 'win32';

describe.runIf(isPosix)('executable lookup', () => {
  let directory = '';

  function file(name: string, text: string | Uint8Array, mode = 0o755): string {
    const path = join(directory, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'custody-lookup-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('takes the first executable file on the PATH it is given', () => {
    mkdirSync(join(directory, 'first', 'tool'), { recursive: true });
    mkdirSync(join(directory, 'second'));
    const tool = file('second/tool', '#!/bin/sh\n');
    const PATH = ['first', 'second'].map((name) => join(directory, name)).join(':');
    expect(findExecutable('tool', '/', { PATH })).toEqual({ path: tool });
  });

  it('skips empty and relative entries of the PATH', () => {
    file('tool', '#!/bin/sh\n');
    const PATH = `:.::${relative(directory, directory) || '.'}:sub/..:`;
    const failure = { operation: 'resolve', errno: 'ENOENT', subject: 'executable' };
    expect(findExecutable('tool', directory, { PATH })).toEqual(failure);
    expect(findExecutable('tool', directory, { PATH: '' })).toEqual(failure);
  });

  it('finds the usual programs without a PATH', () => {
    expect(findExecutable('sh', '/', {})).toHaveProperty('path');
  });

  it('remembers a file that may not be executed and goes on', () => {
    file('tool', '#!/bin/sh\n', 0o644);
    const failure = { operation: 'resolve', errno: 'EACCES', subject: 'executable' };
    expect(findExecutable('tool', '/', { PATH: directory })).toEqual(failure);
  });

  it('resolves a path against the directory of the child', () => {
    const tool = file('tool', '#!/bin/sh\n');
    expect(findExecutable('./tool', directory, {})).toEqual({ path: tool });
    expect(findExecutable(tool, '/', {})).toEqual({ path: tool });
    expect(findExecutable('./missing', directory, {})).toEqual({
      operation: 'exec',
      errno: 'ENOENT',
      subject: 'executable',
    });
    expect(findExecutable(directory, '/', {})).toEqual({ operation: 'exec', errno: 'EACCES', subject: 'executable' });
  });

  it('tells a text that only a shell would run', () => {
    expect(isTextWithoutInterpreter(file('text', 'echo hello\n'))).toBe(true);
    expect(isTextWithoutInterpreter(file('empty', ''))).toBe(true);
    expect(isTextWithoutInterpreter(file('script', '#!/bin/sh\n'))).toBe(false);
    expect(isTextWithoutInterpreter(file('binary', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0)))).toBe(false);
    expect(isTextWithoutInterpreter(join(directory, 'missing'))).toBe(false);
  });

  it('tells a missing directory, a missing file and a missing interpreter apart', () => {
    const script = file('script', '#!/nowhere/interpreter\n');
    expect(checkDirectory(directory)).toBeUndefined();
    expect(checkDirectory(script)).toEqual({ operation: 'chdir', errno: 'ENOTDIR', subject: 'cwd' });
    const gone = join(directory, 'gone');
    expect(spawnFailure('ENOENT', script, gone)).toEqual({ operation: 'chdir', errno: 'ENOENT', subject: 'cwd' });
    expect(spawnFailure('ENOENT', gone, directory).subject).toBe('executable');
    expect(spawnFailure('ENOENT', script, directory).subject).toBe('interpreter');
    expect(spawnFailure('EAGAIN', script, directory)).toEqual({ operation: 'spawn', errno: 'EAGAIN', subject: 'none' });
    expect(spawnFailure('E2BIG', script, directory)).toEqual({ operation: 'exec', errno: 'E2BIG', subject: 'none' });
  });
});
