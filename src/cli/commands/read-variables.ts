import { readFileSync } from 'node:fs';
import { CustodyError } from '../../core/errors.js';
import { parseEnvFile } from '../env-file.js';

/**
 * The variables of files, a later one on top of an earlier.
 *
 * @throws {@link CustodyError} with code `VALIDATION_FAILED`, naming the file and the line. Values are not shown.
 */
export function readVariables(files: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(files.flatMap((file) => variablesOf(file)));
}

function variablesOf(file: string): readonly (readonly [string, string])[] {
  const parsed = parseEnvFile(contentOf(file));
  if ('variables' in parsed) return parsed.variables;
  throw refusal(`${file}:${parsed.line}: the line ${parsed.problem}`);
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    throw refusal(`--env-file ${file}: the file cannot be read (${String(code)})`, error);
  }
}

function refusal(message: string, cause?: unknown): CustodyError {
  return new CustodyError('VALIDATION_FAILED', message, { operation: 'read-variables', cause });
}
