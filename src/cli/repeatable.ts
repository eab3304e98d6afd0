/** Options of the command line that may be given several times: one text of each becomes one entry of a list. */
import { InvalidArgumentError } from 'commander';

export type Variable = readonly [name: string, value: string];

/** Where the value of a secret comes from: never from the command line, which every user of the system can read. */
export interface SecretSource {
  readonly name: string;
  /** `undefined`: the variable of that name. */
  readonly file: string | undefined;
}

export function addVariable(text: string, earlier: readonly Variable[] = []): readonly Variable[] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Variables look like NAME=value.');
  return [...earlier, [text.slice(0, equals), text.slice(equals + 1)]];
}

export function addSecret(text: string, earlier: readonly SecretSource[] = []): readonly SecretSource[] {
  const [name = '', ...rest] = text.split('=');
  const file = rest.length === 0 ? undefined : rest.join('=');
  if (name === '' || file === '') throw new InvalidArgumentError('Secrets look like NAME or NAME=file.');
  return [...earlier, { name, file }];
}

export function addText(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}
