/**
 * Readers of the options about output: what is kept, in which form, and who hears it.
 */
import type { Invocation, OptionLimits } from './invocation.js';
import type { OptionReader } from './option-readers.js';
import { isSupported, TEXT_ENCODINGS, type TextEncoding } from './text-encoding.js';
import { isInRange, isOneOf, isText, type Issues } from './validate.js';

const ENCODINGS = ['utf8', 'buffer', 'auto', 'base64', ...TEXT_ENCODINGS.slice(1)] as const;

/** All options about output. */
export const outputReaders: readonly (readonly [string, OptionReader])[] = [
  ['encoding', readEncoding],
  [
    'overflow',
    (draft, value, issues) => {
      if (isOneOf(value, ['head-tail', 'head', 'tail'], 'overflow', issues)) draft.overflow = value;
    },
  ],
  ['truncationMarker', switchReader('truncationMarker')],
  ['captureOutput', switchReader('captureOutput')],
  [
    'newlines',
    (draft, value, issues) => {
      if (isOneOf(value, ['keep', 'lf'], 'newlines', issues)) draft.newlines = value;
    },
  ],
  [
    'stdio',
    (draft, value, issues) => {
      if (isOneOf(value, ['separate', 'merged'], 'stdio', issues)) draft.stdio = value;
    },
  ],
  ['onLine', handlerReader('onLine')],
  ['onChunk', handlerReader('onChunk')],
  ['onEnd', handlerReader('onEnd')],
  [
    'chunkBytes',
    (draft, value, issues, limits) => {
      if (isInRange(value, limits.chunkBytes, 'chunkBytes', issues)) draft.chunkBytes = Math.floor(value);
    },
  ],
  [
    'backpressure',
    (draft, value, issues) => {
      if (isOneOf(value, ['drop-oldest', 'block'], 'backpressure', issues)) draft.backpressure = value;
    },
  ],
  ['tee', readTee],
];

function readEncoding(draft: Invocation, value: unknown, issues: Issues): void {
  if (!isOneOf(value, ENCODINGS, 'encoding', issues)) return;
  const isText = value !== 'buffer' && value !== 'base64' && value !== 'auto';
  if (isText && !isSupported(value satisfies TextEncoding)) issues.add('encoding', 'is not known to this Node.js');
  else draft.encoding = value;
}

function switchReader(name: 'truncationMarker' | 'captureOutput'): OptionReader {
  return (draft, value, issues) => {
    if (typeof value === 'boolean') draft[name] = value;
    else issues.add(name, 'must be true or false');
  };
}

function handlerReader(name: 'onLine' | 'onChunk' | 'onEnd'): OptionReader {
  return (draft, value, issues) => {
    if (typeof value === 'function') draft.handlers = { ...draft.handlers, [name]: value };
    else issues.add(name, 'must be a function');
  };
}

function readTee(draft: Invocation, value: unknown, issues: Issues, limits: OptionLimits): void {
  if (typeof value === 'string') {
    readTee(draft, { file: value }, issues, limits);
    return;
  }
  if (typeof value !== 'object' || value === null) {
    issues.add('tee', 'must be a path or { file }');
    return;
  }
  const given = value as Record<string, unknown>;
  const { file, maxBytes = limits.teeBytes.standard, append = false, stream } = given;
  for (const key of Object.keys(given)) {
    if (!['file', 'maxBytes', 'append', 'stream'].includes(key)) issues.add(`tee.${key}`, 'is not an option of tee');
  }
  if (!isText(file, 'tee.file', issues)) return;
  if (!isInRange(maxBytes, limits.teeBytes, 'tee.maxBytes', issues)) return;
  if (typeof append !== 'boolean') issues.add('tee.append', 'must be true or false');
  else if (stream === undefined) draft.tee = { file, maxBytes: Math.floor(maxBytes), append, stream };
  else if (isOneOf(stream, ['stdout', 'stderr'], 'tee.stream', issues)) {
    draft.tee = { file, maxBytes: Math.floor(maxBytes), append, stream };
  }
}
