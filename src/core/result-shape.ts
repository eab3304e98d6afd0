/** The shape that the document of a result must have to be read. Sets that may grow, such as backends, are any text. */
import { fromBase64 } from './base64.js';
import { CORRELATION_NAMES } from './correlation.js';
import { STOP_CAUSES } from './outcome.js';
import type { RESULT_FACTS } from './result-document.js';
import {
  flag,
  isObject,
  list,
  note,
  nullable,
  number,
  oneOf,
  optional,
  record,
  taggedRecord,
  text,
  type Shape,
} from './shape.js';

const process = { pid: number, name: text };
const error = record({
  name: text,
  code: text,
  operation: text,
  message: text,
  errno: optional(text),
  missing: optional(oneOf('executable', 'interpreter', 'cwd')),
});
const cause = oneOf(...STOP_CAUSES);

const STATUS_SHAPES = {
  code: record({ code: number }),
  signal: record({ signal: text, coreDumped: flag }),
  terminated: record({ terminated: number }),
};

const status: Shape = (value, at, problems) => {
  const found = Object.entries(STATUS_SHAPES).find(([name]) => isObject(value) && name in value);
  if (found === undefined) note(problems, `${at} must have code, signal or terminated`);
  else found[1](value, at, problems);
};

const outcome = taggedRecord('kind', {
  exited: record({ exitCode: number }),
  signaled: STATUS_SHAPES.signal,
  stopped: record({ cause, manner: oneOf('graceful', 'forced'), status }),
  'not-started': record({ error, cause: optional(cause) }),
  lost: record({ error }),
  detached: record({}),
});

const stream = record({
  totalBytes: number,
  keptBytes: number,
  droppedBytes: number,
  truncated: flag,
  complete: flag,
  heldBy: list(record(process)),
  encoding: text,
  replacements: number,
  binary: flag,
});

const parsedError = record({
  message: text,
  severity: text,
  source: text,
  file: nullable(text),
  line: nullable(number),
  column: nullable(number),
  code: nullable(text),
});

const facts = {
  success: flag,
  successExitCodes: optional(list(number)),
  exitCode: number,
  signal: nullable(text),
  timedOut: flag,
  cancelled: flag,
  reason: nullable(text),
  cleanup: record({
    status: text,
    mechanism: text,
    leaderReaped: flag,
    steps: list(record({ signal: text, scope: text, atMs: number })),
    killed: list(record(process)),
    survivors: list(record({ ...process, state: text, why: text })),
    elapsedMs: number,
  }),
  usage: record({
    userMs: nullable(number),
    systemMs: nullable(number),
    peakRssBytes: nullable(number),
    processes: nullable(number),
    scope: text,
  }),
  breach: nullable(record({ limit: text, used: number, allowed: number })),
  unenforcedLimits: list(text),
  withheldEnv: list(text),
  warnings: list(text),
  errors: optional(list(parsedError)),
  durationMs: number,
  startTime: text,
  endTime: text,
  pid: nullable(number),
  backend: text,
  containment: text,
  queuedMs: number,
  launches: number,
} satisfies Record<(typeof RESULT_FACTS)[number], Shape>;

const summary = record({
  stdout: stream,
  stderr: stream,
  handlers: nullable(record({ droppedBytes: number, failures: number, lastError: nullable(text) })),
  tee: nullable(record({ file: text, writtenBytes: number, droppedBytes: number, errno: nullable(text) })),
});

const base64 = record({
  base64: (value, at, problems) => {
    if (typeof value !== 'string' || fromBase64(value) === undefined) note(problems, `${at} must be base64`);
  },
});
const captured: Shape = (value, at, problems) => {
  (isObject(value) ? base64 : text)(value, at, problems);
};

/** The document, but for its version. */
export const resultShape = record({
  id: text,
  command: record({
    file: text,
    args: list(text),
    cwd: nullable(text),
    shell: nullable(text),
    resolvedFile: nullable(text),
  }),
  correlationIds: record(Object.fromEntries(CORRELATION_NAMES.map((name) => [name, optional(nullable(text))]))),
  result: record({
    ...facts,
    outcome,
    output: summary,
    stdout: captured,
    stderr: captured,
    segments: optional(list(record({ stream: oneOf('stdout', 'stderr'), text }))),
    combined: optional(captured),
  }),
});
