/** All that is known of one execution, for people. */
import type { AuditRecord, StoredEvent } from '../../audit/index.js';
import { CORRELATION_NAMES } from '../../core/correlation.js';
import { formatByteCount, formatDuration } from '../quantity.js';
import type { Colors } from './colors.js';
import { printable } from './display-text.js';
import { renderPairs } from './pairs.js';
import { numberIn, objectIn, resultText, textIn } from './run-fields.js';

/** What of it is shown. */
export interface DetailView {
  readonly hasContext: boolean;
  readonly isFull: boolean;
  /** What was kept beside the store. */
  readonly output: Readonly<Record<Stream, string | undefined>>;
  readonly colors: Colors;
}

type Stream = 'stdout' | 'stderr';
type Pair = readonly [label: string, value: string];

/** The execution with these records. */
export function renderExecution(records: readonly AuditRecord[], view: DetailView): string {
  const eventOf = (type: string): StoredEvent | undefined =>
    records.find(({ event }) => event.eventType === type)?.event;
  const end = eventOf('command_execution_end');
  const start = eventOf('command_execution_start');
  const event = end ?? start ?? records[0]?.event;
  if (event === undefined) return '';
  const pairs: Pair[] = [
    ['execution', textIn(event, 'executionId') ?? ''],
    ['command', textIn(event, 'command') ?? ''],
    ['directory', textIn(event, 'cwd') ?? '-'],
    ['result', resultText(event, end === undefined)],
    ...(end === undefined ? [] : pairsOfEnd(end, eventOf('command_cleanup'))),
    ['recorded', records.map(({ timestamp, sequence }) => `${timestamp} (record ${sequence})`).join(', ')],
    ...(view.hasContext ? contextPairs(event, start) : []),
  ];
  const streams =
    end === undefined ? '' : (['stdout', 'stderr'] as const).map((name) => streamText(end, name, view)).join('');
  return renderPairs(pairs) + streams;
}

function pairsOfEnd(end: StoredEvent, cleanedUp: StoredEvent | undefined): readonly Pair[] {
  const usage = objectIn(end, 'usage');
  const [userMs, systemMs, peak] = [
    numberIn(usage, 'userMs'),
    numberIn(usage, 'systemMs'),
    numberIn(usage, 'peakRssBytes'),
  ];
  const cleanup = objectIn(cleanedUp ?? end, 'cleanup');
  const error = textIn(objectIn(end, 'error'), 'message');
  const reason = textIn(end, 'reason');
  return [
    ...(error === undefined ? [] : [['error', error] as const]),
    ...(reason === undefined ? [] : [['reason', reason] as const]),
    ['started', textIn(end, 'startTime') ?? '-'],
    ['took', formatDuration(numberIn(end, 'durationMs') ?? 0)],
    ['CPU time', userMs === undefined || systemMs === undefined ? '-' : formatDuration(userMs + systemMs)],
    ['peak memory', peak === undefined ? '-' : formatByteCount(peak)],
    ['cleanup', `${textIn(cleanup, 'status') ?? '-'} (${textIn(cleanup, 'mechanism') ?? '-'})`],
  ];
}

function contextPairs(event: StoredEvent, start: StoredEvent | undefined): readonly Pair[] {
  const request = start === undefined ? {} : objectIn(start, 'request');
  const env = objectIn(request as StoredEvent, 'env');
  const secrets = (request as StoredEvent)['secretNames'];
  return [
    ['user', textIn(event, 'userId') ?? '-'],
    ...CORRELATION_NAMES.map((name): Pair => [name, textIn(event, name) ?? '-']),
    ...Object.keys(env).map((name): Pair => ['variable', `${name}=${textIn(env, name) ?? ''}`]),
    ...(Array.isArray(secrets) ? secrets.map((name): Pair => ['secret', String(name)]) : []),
  ];
}

/** Output may hold anything; lines stay lines. */
function streamText(end: StoredEvent, name: Stream, { output, isFull, colors }: DetailView): string {
  const stream = objectIn(end, name);
  const total = numberIn(stream, 'totalBytes') ?? 0;
  const excerpt = textIn(stream, 'excerpt');
  const text = output[name] ?? excerpt ?? '';
  if (total === 0 && text === '') return '';
  const omitted = output[name] === undefined ? (numberIn(stream, 'omittedBytes') ?? 0) : 0;
  const notes = [
    formatByteCount(total),
    ...(excerpt === undefined && output[name] === undefined ? ['not kept'] : []),
    ...(omitted > 0 ? [`the last ${formatByteCount(Buffer.byteLength(text))} are kept`] : []),
    ...(isFull && output[name] === undefined && omitted > 0 ? ['the whole was not stored'] : []),
  ];
  const lines = text.split('\n').map(printable).join('\n');
  return `\n${colors.bold(`${name} (${notes.join(', ')})`)}\n${lines}${lines === '' || lines.endsWith('\n') ? '' : '\n'}`;
}
