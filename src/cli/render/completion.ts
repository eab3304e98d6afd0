/**
 * Completion scripts, made of the tree of commands.
 *
 * Decides what is completed: names of commands, options, and their choices; for the value of an option and behind
 * `custody exec`, files and the completions of the command itself. The scripts call nothing and read nothing.
 */
import type { CompletionShell } from '../grammar/completion.js';
import type { CommandNode, OptionNode } from '../tree.js';

/** The script for a shell. */
export function renderCompletion(shell: CompletionShell, tree: CommandNode): string {
  switch (shell) {
    case 'bash':
      return bashScript(tree);
    case 'zsh':
      return zshScript(tree);
    case 'fish':
      return fishScript(tree);
  }
}

/** A command with the words that lead to it, such as `runs list`. */
interface Place {
  readonly path: string;
  readonly node: CommandNode;
}

function placesOf(node: CommandNode, path = ''): readonly Place[] {
  const below = node.commands.flatMap((child) => placesOf(child, `${path} ${child.name}`.trim()));
  return [{ path, node }, ...below];
}

/**
 * Zsh takes the functions of bash, which are enough for names and choices. A file in its `fpath` is read when completion is
 * first asked for, as the body of that very function: it has to answer then, too.
 */
function zshScript(tree: CommandNode): string {
  return `#compdef custody
autoload -Uz bashcompinit && bashcompinit
${bashScript(tree)}if [[ "\${funcstack[1]}" == _custody ]]; then
  _bash_complete -o default -F _custody
fi
`;
}

/** Its variables have no name that zsh has a meaning for, such as `path` and `words`. */
function bashScript(tree: CommandNode): string {
  const places = placesOf(tree);
  const words = places.map(({ path, node }) => `    '${path}') names='${wordsOf(node).join(' ')}' ;;`);
  const commands = places.map(({ path }) => `    '${path}') ;;`).filter((line) => line !== "    '') ;;");
  const values = new Map(places.flatMap(({ node }) => node.options.flatMap(bashValue)));
  return `# Completions of custody. Made by "custody completion"; edit nothing here.
_custody() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" place='' names='' word index
  for ((index = 1; index < COMP_CWORD; index += 1)); do
    word="\${COMP_WORDS[index]}"
    [[ $word == -* ]] && continue
    case "\${place:+$place }$word" in
${commands.map((line) => line.replace(') ;;', `) place=${line.trim().slice(0, -4)} ;;`)).join('\n')}
    esac
  done
  case "$previous" in
${[...values].map(([names, choices]) => `    ${names}) ${choices}; return ;;`).join('\n')}
  esac
  case "$place" in
${words.join('\n')}
  esac
  if [[ $place == exec && $current != -* ]]; then
    COMPREPLY=($(compgen -c -f -- "$current"))
  else
    COMPREPLY=($(compgen -W "$names" -- "$current"))
  fi
}
complete -o default -F _custody custody
`;
}

function wordsOf(node: CommandNode): readonly string[] {
  return [...node.commands.map(({ name }) => name), ...node.options.flatMap(({ names }) => names)];
}

/** What follows an option that takes a value; nothing for a flag. */
function bashValue({ names, value, choices }: OptionNode): readonly (readonly [string, string])[] {
  if (value === undefined) return [];
  const reply = choices.length > 0 ? `compgen -W '${choices.join(' ')}'` : 'compgen -f';
  return [[names.join('|'), `COMPREPLY=($(${reply} -- "$current"))`]];
}

function fishScript(tree: CommandNode): string {
  const lines = placesOf(tree).flatMap(({ path, node }) => {
    const condition =
      path === ''
        ? '__fish_use_subcommand'
        : `__fish_seen_subcommand_from ${path.split(' ').join('; and __fish_seen_subcommand_from ')}`;
    const commands = node.commands.map(
      (child) => `complete -c custody -f -n '${condition}' -a ${child.name} -d ${quoted(child.description)}`,
    );
    return [...commands, ...node.options.map((option) => fishOption(condition, option))];
  });
  const exec = tree.commands.find(({ name }) => name === 'exec');
  const withValue = exec?.options.flatMap(({ names, value }) => (value === undefined ? [] : names)) ?? [];
  // Told which options take a value, fish finds where the command begins. The empty word keeps it from taking them for its own.
  const command = `'(__fish_complete_subcommand --fcs-skip=2 "" ${withValue.join(' ')})'`;
  return `# Completions of custody. Made by "custody completion"; edit nothing here.
complete -c custody -n '__fish_seen_subcommand_from exec' -a ${command}
${lines.join('\n')}
`;
}

function fishOption(condition: string, { names, value, choices, description }: OptionNode): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const follows = value === undefined ? [] : choices.length > 0 ? ['-x', `-a ${quoted(choices.join(' '))}`] : ['-r'];
  return ['complete -c custody', `-n '${condition}'`, ...flags, ...follows, `-d ${quoted(description)}`].join(' ');
}

/** In single quotes of fish, where only a quote and a backslash need care. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
