/** Stretches of a text that hold secrets. */
import { REDACTED } from '../../core/redactor.js';

/** From `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Takes what a finder finds, in any order. */
export type Report = (start: number, end: number) => void;

/** In order and without overlaps. */
export function mergeSpans(found: readonly Span[]): readonly Span[] {
  if (found.length < 2) return found;
  const merged: Span[] = [];
  let last: { start: number; end: number } | undefined;
  for (const { start, end } of found.toSorted((a, b) => a.start - b.start)) {
    if (last === undefined || start >= last.end) {
      last = { start, end };
      merged.push(last);
    } else if (end > last.end) {
      last.end = end;
    }
  }
  return merged;
}

/** The text from `from` to `to` with a word in place of each span, also of one that begins before or ends after. */
export function renderSpans(text: string, spans: readonly Span[], from: number, to: number): string {
  let shown = '';
  let position = from;
  for (const { start, end } of spans) {
    if (end <= from || start >= to) continue;
    shown += text.slice(position, Math.max(position, start)) + REDACTED;
    position = Math.min(end, to);
  }
  return position === 0 && to === text.length ? text : shown + text.slice(position, to);
}
