import { readFileSync } from 'node:fs';
import { CustodyError } from '../../core/errors.js';
import type { SecretSource } from '../repeatable.js';

/**
 * The values of secrets; `undefined` if there are none. A file is text in UTF-8; the line end that editors put at its end is left out.
 *
 * @throws {@link CustodyError} with code `VALIDATION_FAILED`, naming the secret that has no value.
 */
export function readSecrets(
  sources: readonly SecretSource[],
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> | undefined {
  if (sources.length === 0) return undefined;
  return Object.fromEntries(sources.map((source) => [source.name, valueOf(source, environment)]));
}

function valueOf({ name, file }: SecretSource, environment: Readonly<Record<string, string | undefined>>): string {
  const value = file === undefined ? environment[name] : contentOf(name, file);
  if (value === undefined) throw refusal(`--secret ${name}: there is no such variable; set it, or give ${name}=file`);
  if (value === '') throw refusal(`--secret ${name}: the value is empty`);
  return value;
}

function contentOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code: unknown = (error as { code?: unknown } | null)?.code;
    throw refusal(`--secret ${name}: the file cannot be read (${String(code)})`, error);
  }
}

function refusal(message: string, cause?: unknown): CustodyError {
  return new CustodyError('VALIDATION_FAILED', message, { operation: 'read-secrets', cause });
}
