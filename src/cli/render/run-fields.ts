/**
 * What an event of a store says, as far as it can be trusted to say it: a store may have been written by another version, or by
 * anybody. What is not of its type is left out.
 */
import type { StoredEvent } from '../../audit/index.js';

export function textIn(event: StoredEvent, name: string): string | undefined {
  const value = event[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberIn(event: StoredEvent, name: string): number | undefined {
  const value = event[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** An object in a field; an empty one if there is none. */
export function objectIn(event: StoredEvent, name: string): StoredEvent {
  const value = event[name];
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return (isObject ? value : {}) as StoredEvent;
}

/** How it ended, in few words: `ok`, `exit 2`, `timeout`, `SIGKILL`, `COMMAND_NOT_FOUND`; `open` without an end. */
export function resultText(event: StoredEvent, isOpen: boolean): string {
  if (isOpen) return 'open';
  if (event['success'] === true) return 'ok';
  const [outcome, cause] = [textIn(event, 'outcome'), textIn(event, 'cause')];
  if (cause !== undefined) return cause;
  if (outcome === 'exited') return `exit ${numberIn(event, 'exitCode') ?? '?'}`;
  return textIn(event, 'signal') ?? textIn(objectIn(event, 'error'), 'code') ?? outcome ?? '?';
}
