/**
 * From a record back to a command. What was redacted is missing, and is named: whoever runs it again has to give it.
 */
import { REDACTED } from '../core/redactor.js';
import type { RunOptions } from '../core/run-options.js';
import type { AuditRecord, StoredEvent } from './record.js';

/** A part of a command that a record does not have. */
export interface MissingPart {
  readonly part: 'executable' | 'argument' | 'env' | 'secret' | 'cwd' | 'input';
  /** Of an argument its place, from 0; of a variable or a secret its name; else `''`. */
  readonly name: string;
}

/** A command that can be run again once what is missing is put in. */
export interface ReplayPlan {
  readonly executable: string;
  readonly arguments: readonly string[];
  readonly options: Pick<RunOptions, 'cwd' | 'env' | 'envMode' | 'shell' | 'timeoutMs'>;
  /** In the order in which they are to be asked for. */
  readonly missing: readonly MissingPart[];
}

/** The command of an execution, from its records; `undefined` if its start is not among them. */
export function replayPlan(records: readonly AuditRecord[]): ReplayPlan | undefined {
  const event = records.find((record) => record.event.eventType === 'command_execution_start')?.event;
  if (event === undefined) return undefined;
  const executable = textOf(event['executable']);
  const words = listOf(event['arguments']);
  const request = (event['request'] ?? {}) as StoredEvent;
  const env = Object.entries((request['env'] ?? {}) as Record<string, unknown>).map(
    ([name, value]) => [name, textOf(value)] as const,
  );
  const cwd = textOf(event['cwd']);
  const missing: MissingPart[] = [
    ...(isWhole(executable) ? [] : [{ part: 'executable', name: '' } as const]),
    ...words.flatMap((word, index) => (isWhole(word) ? [] : [{ part: 'argument', name: String(index) } as const])),
    ...env.flatMap(([name, value]) => (isWhole(value) ? [] : [{ part: 'env', name } as const])),
    ...listOf(request['secretNames']).map((name) => ({ part: 'secret', name }) as const),
    ...(isWhole(cwd) ? [] : [{ part: 'cwd', name: '' } as const]),
    ...(request['hasInput'] === true ? [{ part: 'input', name: '' } as const] : []),
  ];
  return { executable, arguments: words, options: optionsOf(event, request, env, cwd), missing };
}

function optionsOf(
  event: StoredEvent,
  request: StoredEvent,
  env: readonly (readonly [string, string])[],
  cwd: string,
): ReplayPlan['options'] {
  const { shell } = event;
  const { timeoutMs, envMode } = request;
  const removed = listOf(request['unsetEnv']).map((name) => [name, undefined] as const);
  const set = env.filter(([, value]) => isWhole(value));
  return {
    cwd: cwd === '' || !isWhole(cwd) ? undefined : cwd,
    env: Object.fromEntries([...removed, ...set]),
    envMode: envMode === 'minimal' || envMode === 'inherit' ? envMode : undefined,
    shell: typeof shell === 'string' ? shell : undefined,
    timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : undefined,
  };
}

function isWhole(text: string): boolean {
  return !text.includes(REDACTED);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
