import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, type TestContext } from 'vitest';
import { describeProgram } from '../../../src/cli/args.js';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { renderCompletion } from '../../../src/cli/render/completion.js';
import { renderManPage } from '../../../src/cli/render/man-page.js';
import type { CommandNode } from '../../../src/cli/tree.js';

/** Milliseconds for zsh to read all its completions on a busy machine, which is most of what the test does. */
const ZSH_LIMIT_MS = 60_000;

const tree = describeProgram('1.2.3');

function everyCommand(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(everyCommand)];
}

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0;
}

function notTested(shell: string, context: TestContext): never {
  console.warn(`NOT TESTED: completions in ${shell}: it is not installed`);
  return context.skip();
}

describe('what is made of the tree of commands', () => {
  it('the man page names every command, option and exit code, and no line is a request of its own', () => {
    const page = renderManPage(tree, '1.2.3');
    const plain = page.replaceAll('\\-', '-').replaceAll('\\e', '\\');
    for (const { name, options } of everyCommand(tree)) {
      expect(plain).toContain(name);
      for (const option of options) for (const spelling of option.names) expect(plain).toContain(spelling);
    }
    for (const [code, meaning] of EXIT_CODES) expect(plain).toContain(`.B ${code}\n${meaning}\n`);
    for (const line of page.split('\n')) expect(line).not.toMatch(/^\.(?!TH |SH |B |TP$|br$|PP$)/);
  });

  it.each(['bash', 'zsh', 'fish'] as const)('the completions of %s name every command and option', (shell) => {
    const script = renderCompletion(shell, tree);
    for (const { options } of everyCommand(tree)) {
      for (const { names } of options) {
        const long = names.find((name) => name.startsWith('--'))!;
        expect(script).toContain(shell === 'fish' ? `-l ${long.slice(2)}` : long);
      }
    }
  });

  it.each([
    [['custody', 'exec', '--conta'], ['--containment']],
    [
      ['custody', 'exec', '--containment', ''],
      ['tree', 'strict', 'group', 'none'],
    ],
    [['custody', 'comp'], ['completion']],
    [['custody', 'config', '--js'], ['--json']],
  ])('bash completes %j', (words, expected) => {
    const program = `${renderCompletion('bash', tree)}
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _custody; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', program, 'bash', ...words], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual(expected);
  });

  it.for<[string, string]>([
    ['custody exec --conta', '--containment'],
    ['custody exec --containment stri', 'strict'],
    ['custody exec whoa', 'whoami'],
  ])('zsh completes %j when it is asked first', { timeout: ZSH_LIMIT_MS }, ([line, expected], context: TestContext) => {
    if (!isInstalled('zsh')) notTested('zsh', context);
    // A shell on a terminal of its own, as zsh completes nothing elsewhere; what it is typed becomes a word that is printed.
    const script = `zmodload zsh/zpty; zpty z zsh -f -i
      zpty -w z "PS1='> '; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; print rea''dy"
      zpty -r -m z seen '*ready*'
      zpty -w -n z "$1"$'\t'"; print -r do''ne"$'\n'
      zpty -r -m z seen '*done*'; print -r -- "$seen"`;
    const folder = mkdtempSync(join(tmpdir(), 'custody-zsh-'));
    try {
      writeFileSync(join(folder, '_custody'), renderCompletion('zsh', tree));
      const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script, 'zsh', line], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      expect(stripVTControlCharacters(stdout)).toContain(`${expected} `);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.for<[string, string[]]>([
    ['custody exec --conta', ['--containment']],
    ['custody exec --containment ', ['group', 'none', 'strict', 'tree']],
    ['custody comp', ['completion']],
    ['custody runs li', ['list']],
    ['custody exec whoa', ['whoami']],
    ['custody exec --timeout 5 -- whoa', ['whoami']],
  ])('fish completes %j', ([line, expected], context: TestContext) => {
    if (!isInstalled('fish')) notTested('fish', context);
    const program = `${renderCompletion('fish', tree)}\ncomplete -C $argv[1]`;
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', program, line], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const words = stdout.trim().split('\n');
    expect(words.map((word) => word.split('\t')[0]).toSorted()).toEqual(expected);
  });

  it('CLI-02: the exit codes of the documentation are those of the table', () => {
    const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'command-line.md'), 'utf8');
    for (const [code, meaning] of EXIT_CODES) expect(page).toContain(`| ${code} | ${meaning} |`);
    for (const { name } of tree.commands) expect(page).toContain(`custody ${name}`);
  });
});
