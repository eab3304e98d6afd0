import { EXIT } from '../exit-codes.js';
import type { CompletionRequest } from '../grammar/completion.js';
import type { CliHost } from '../host.js';
import { renderCompletion } from '../render/completion.js';

/** `custody completion`: prints the script. @returns The exit code of the CLI. */
export function completion({ shell, tree }: CompletionRequest, { sinks }: CliHost): Promise<number> {
  sinks.out(renderCompletion(shell, tree));
  return Promise.resolve(EXIT.ok);
}
