/** A file of stages: YAML or JSON, a list or an object with `stages` and what else a validation is told. */
import { isObject } from '../core/shape.js';
import { Issues } from '../core/validate.js';
import { readStages } from './read-stages.js';
import type { ValidationStage } from './stage.js';

/** What a file says. */
export interface StageFile {
  readonly stages: readonly ValidationStage[];
  /** `undefined`: it says nothing of it. */
  readonly continueOnFailure: boolean | undefined;
  readonly fix: boolean | undefined;
}

const NAMES: readonly string[] = ['stages', 'continueOnFailure', 'fix'];

/**
 * Reads the text of a file. YAML holds JSON, so its name says nothing.
 *
 * @throws `CommandValidationError` naming everything that is wrong.
 */
export async function parseStageFile(text: string): Promise<StageFile> {
  const issues = new Issues('');
  const document = await documentOf(text, issues);
  issues.throwIfAny();
  const file = Array.isArray(document) ? { stages: document } : document;
  if (!isObject(file)) {
    issues.add('the file', 'must hold a list of stages, or an object with `stages`');
    issues.throwIfAny();
    return { stages: [], continueOnFailure: undefined, fix: undefined };
  }
  for (const name of Object.keys(file)) {
    if (!NAMES.includes(name)) issues.add(name, `is none of ${NAMES.join(', ')}`);
  }
  const { continueOnFailure, fix } = file;
  for (const [name, value] of Object.entries({ continueOnFailure, fix })) {
    if (value !== undefined && typeof value !== 'boolean') issues.add(name, 'must be true or false');
  }
  issues.throwIfAny();
  readStages(file.stages);
  return file as unknown as StageFile;
}

/** The parser of YAML is loaded with the first file. */
async function documentOf(text: string, issues: Issues): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text, { maxAliasCount: 100 }) as unknown;
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    issues.add('the file', `is neither YAML nor JSON: ${line ?? ''}`);
    return undefined;
  }
}
