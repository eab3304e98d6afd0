import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeProgram } from '../../../src/cli/args.js';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { renderCompletion } from '../../../src/cli/render/completion.js';
import { renderManPage } from '../../../src/cli/render/man-page.js';
import type { CommandNode } from '../../../src/cli/tree.js';

const tree = describeProgram('1.2.3');

function everyCommand(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(everyCommand)];
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

  it('CLI-02: the exit codes of the documentation are those of the table', () => {
    const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'command-line.md'), 'utf8');
    for (const [code, meaning] of EXIT_CODES) expect(page).toContain(`| ${code} | ${meaning} |`);
    for (const { name } of tree.commands) expect(page).toContain(`custody ${name}`);
  });
});
