/**
 * The one table of what is asked of `gh --json` and what becomes of it: for each property of ours the field of theirs, the form
 * it must have, and how it is read. The list after `--json` is made of it. What `gh` writes beyond that is ignored.
 */
import {
  flag,
  isObject,
  list,
  note,
  number,
  oneOf,
  optional,
  record,
  text,
  type Problems,
  type Shape,
} from '../core/shape.js';

/** An issue. */
export interface Issue {
  readonly number: number;
  readonly title: string;
  /** Markdown; `''` if there is none. */
  readonly body: string;
  /** Names. */
  readonly labels: readonly string[];
  readonly state: 'open' | 'closed';
  /** Logins. */
  readonly assignees: readonly string[];
  readonly url: string;
}

/** A pull request. */
export interface PullRequest {
  readonly number: number;
  readonly title: string;
  /** Markdown; `''` if there is none. */
  readonly body: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly url: string;
  readonly headBranch: string;
  readonly baseBranch: string;
  /** `unknown`: GitHub has not worked it out yet, or the pull request is not open. */
  readonly mergeable: 'mergeable' | 'conflicting' | 'unknown';
  readonly isDraft: boolean;
}

/** One check of a pull request. */
export interface CheckStatus {
  readonly name: string;
  /** What was skipped or does not matter counts as success, what was cancelled as failure. */
  readonly status: 'pending' | 'success' | 'failure';
  /** Such as `success`, `failure`, `skipped`, `timed_out`; `null` while it is pending. */
  readonly conclusion: string | null;
  /** Where its details are; `null` if it says nothing of it. */
  readonly url: string | null;
}

/** Where one property comes from. `read` is only given what has the shape. */
interface Field<T> {
  readonly name: string;
  readonly shape: Shape;
  readonly read: (value: never) => T;
}

/** A field for every property of `T`. */
export type Fields<T> = { readonly [K in keyof T]-?: Field<T[K]> };

const STATUS_OF_BUCKET = {
  pass: 'success',
  skipping: 'success',
  fail: 'failure',
  cancel: 'failure',
  pending: 'pending',
} as const satisfies Record<string, CheckStatus['status']>;

type Bucket = keyof typeof STATUS_OF_BUCKET;

/** States of a check that has not ended. `WAITING` and `REQUESTED` wait for a person or a runner. */
const PENDING_STATES: ReadonlySet<string> = new Set([
  '',
  'EXPECTED',
  'IN_PROGRESS',
  'PENDING',
  'QUEUED',
  'REQUESTED',
  'WAITING',
]);

const sameText = (name: string): Field<string> => ({ name, shape: text, read: (value: string) => value });
const sameNumber = (name: string): Field<number> => ({ name, shape: number, read: (value: number) => value });
const sameFlag = (name: string): Field<boolean> => ({ name, shape: flag, read: (value: boolean) => value });

/** A word that `gh` writes in capitals. */
function word<T extends string>(name: string, ...words: readonly T[]): Field<T> {
  const shape = oneOf(...words.map((known) => known.toUpperCase()));
  return { name, shape, read: (value: string) => value.toLowerCase() as T };
}

function namesIn(name: string, key: 'name' | 'login'): Field<readonly string[]> {
  const read = (values: readonly Readonly<Record<string, string>>[]): readonly string[] =>
    values.map((value) => value[key] ?? '');
  return { name, shape: list(record({ [key]: text })), read };
}

export const ISSUE_FIELDS: Fields<Issue> = {
  number: sameNumber('number'),
  title: sameText('title'),
  body: sameText('body'),
  labels: namesIn('labels', 'name'),
  state: word('state', 'open', 'closed'),
  assignees: namesIn('assignees', 'login'),
  url: sameText('url'),
};

export const PULL_REQUEST_FIELDS: Fields<PullRequest> = {
  number: sameNumber('number'),
  title: sameText('title'),
  body: sameText('body'),
  state: word('state', 'open', 'closed', 'merged'),
  url: sameText('url'),
  headBranch: sameText('headRefName'),
  baseBranch: sameText('baseRefName'),
  mergeable: word('mergeable', 'mergeable', 'conflicting', 'unknown'),
  isDraft: sameFlag('isDraft'),
};

export const CHECK_FIELDS: Fields<CheckStatus> = {
  name: sameText('name'),
  status: {
    name: 'bucket',
    shape: oneOf(...Object.keys(STATUS_OF_BUCKET)),
    read: (bucket: Bucket) => STATUS_OF_BUCKET[bucket],
  },
  conclusion: {
    name: 'state',
    shape: text,
    read: (state: string) => (PENDING_STATES.has(state) ? null : state.toLowerCase()),
  },
  url: {
    name: 'link',
    shape: optional(text),
    read: (link: string | undefined) => (link === undefined || link === '' ? null : link),
  },
};

/** The fields as `--json` takes them. */
export function jsonFieldsOf<T>(fields: Fields<T>): string {
  return entriesOf(fields)
    .map(([, { name }]) => name)
    .join(',');
}

/** The value with our properties; `undefined`, and notes in `problems`, if it has not the form that it must have. */
export function readFields<T>(fields: Fields<T>, value: unknown, at: string, problems: Problems): T | undefined {
  if (!isObject(value)) {
    note(problems, `${at === '' ? 'the document' : at} must be an object`);
    return undefined;
  }
  const before = problems.length;
  const entries = entriesOf(fields);
  for (const [, { name, shape }] of entries) shape(value[name], at === '' ? name : `${at}.${name}`, problems);
  if (problems.length > before) return undefined;
  return Object.freeze(
    Object.fromEntries(entries.map(([key, { name, read }]) => [key, read(value[name] as never)])),
  ) as T;
}

/** The same for a list of them. */
export function readList<T>(fields: Fields<T>, value: unknown, problems: Problems): readonly T[] {
  if (!Array.isArray(value)) {
    note(problems, 'the document must be a list');
    return [];
  }
  return value.flatMap((entry: unknown, index) => readFields(fields, entry, `[${index}]`, problems) ?? []);
}

function entriesOf<T>(fields: Fields<T>): readonly [string, Field<unknown>][] {
  return Object.entries(fields);
}
