/**
 * Finds what looks like a secret although nobody registered it: tokens with a known beginning and values that are given a
 * telling name.
 *
 * One scan looks for the words that such a place begins with; only there do the patterns look closer, from that place on and
 * over text that no other match has. Prose, hashes and numbers that merely stand near such a word are left alone, which is
 * what the conditions on the value are for.
 */
import type { Report } from './spans.js';

/** A place that may hold a secret, which is the last group of the expression and reaches to the end of the match. */
interface SecretPattern {
  /** Sticky: tried at one position. */
  readonly expression: RegExp;
  readonly isSecret: (value: string, separator: string) => boolean;
}

const NAMES = String.raw`(?:secret|passw(?:or)?d|pwd|token)(?:[_-]?(?:access[_-]?)?key)?`;
const SEPARATOR = String.raw`["']?([ \t]{0,4}[:=][ \t]{0,4})`;
const SCHEME = String.raw`(?:(?:bearer|basic|digest|token)[ \t]{1,4})?`;
/** Characters of a bare value that are judged: places inside a refused one are looked at again. */
const JUDGED_LENGTH = 255;
/** A bare value is no reference, call or list, and ends at white space or at what ends it in JSON, queries and shells. */
const BARE_VALUE = '([^\\s\\p{Cc}"\'`,;&<>$%{}()*[\\]|\\\\][^\\s\\p{Cc}"\'`,;&<>]{3,254})';
const QUOTED_VALUE = '["\'`]([^"\'`\\n]{4,})(?=["\'`])';

const TRIGGER = /api[_-]?key|secret|passw(?:or)?d|pwd|token|auth|bearer|sk-|gh[opsur]_|github_pat_|eyJ/gi;

const PATTERNS: readonly SecretPattern[] = [
  { expression: /api[_-]?key["']?([ \t]{0,4}[:=][ \t]{0,4})["'`]?([\w\-.+/=]{20,})/iy, isSecret: () => true },
  { expression: new RegExp(NAMES + SEPARATOR + QUOTED_VALUE, 'iy'), isSecret: () => true },
  { expression: new RegExp(NAMES + SEPARATOR + BARE_VALUE, 'iyu'), isSecret: isSecretAssignment },
  {
    expression: new RegExp(
      String.raw`(?<![A-Za-z])(?:auth(?:orization)?|bearer)${SEPARATOR}["']?${SCHEME}([\w.~+/-]{8,}={0,2})`,
      'iy',
    ),
    isSecret: isCredential,
  },
  { expression: /(?<![A-Za-z])bearer([ \t]{1,4})([\w.~+/-]{16,}={0,2})/iy, isSecret: isCredential },
  { expression: /(?<![\w-])(sk)(-[\w-]{20,})/y, isSecret: hasDigit },
  { expression: /(?<![A-Za-z0-9])(gh[opsur]|github_pat)(_[A-Za-z0-9_]{22,})/y, isSecret: hasDigit },
  // Two of the three parts of a JSON Web Token begin as the text `{"` does in base64.
  { expression: /(?<![\w-])(eyJ)([\w-]{5,}\.[\w-]{5,}\.[\w-]{5,})/y, isSecret: () => true },
];

/** Reports what looks like a secret. */
export function findPatterns(text: string, report: Report): void {
  TRIGGER.lastIndex = 0;
  for (let trigger = TRIGGER.exec(text); trigger !== null; trigger = TRIGGER.exec(text)) {
    const end = findAt(text, trigger.index, report);
    if (end > TRIGGER.lastIndex) TRIGGER.lastIndex = end;
  }
}

/** Tries every pattern at one place. Returns the end of what was found. */
function findAt(text: string, index: number, report: Report): number {
  let seen = index;
  for (const { expression, isSecret } of PATTERNS) {
    expression.lastIndex = index;
    const match = expression.exec(text);
    if (match === null) continue;
    const [all, separator = '', value = ''] = match;
    if (!isSecret(value, separator)) continue;
    const end = index + all.length;
    seen = value.length < JUDGED_LENGTH ? end : endOfRun(text, end);
    // Tokens are told by their beginning, which is a part of them.
    const start = separator.trim() === '' || /[:=]/.test(separator) ? end - value.length : index;
    report(start, seen);
    break;
  }
  return seen;
}

function endOfRun(text: string, index: number): number {
  const run = /[^\s\p{Cc}"'`,;&<>]*/uy;
  run.lastIndex = index;
  return index + (run.exec(text)?.[0].length ?? 0);
}

/** `NAME=value` without blanks is how configuration is written; anything else may be prose, and words have no digits. */
function isSecretAssignment(value: string, separator: string): boolean {
  if (/^(?:true|false|null|none|nil|undefined)$/i.test(value) || /^[\w$.]+\(/.test(value)) return false;
  if (separator === '=') return !/^\d{1,7}$/.test(value);
  return value.length >= 8 && hasDigit(value);
}

function isCredential(value: string): boolean {
  return hasDigit(value) || (value.length >= 24 && /[a-z]/.test(value) && /[A-Z]/.test(value));
}

function hasDigit(value: string): boolean {
  return /\d/.test(value);
}

/** Characters at an edge that are looked at: longer than any token in use. */
const EDGE_LENGTH = 8_192;

const TOKEN_AT_END = /(?<![\w-])(?:sk-|gh[opsur]_|github_pat_|eyJ)[\w.-]*$/;
const VALUE_AT_END = new RegExp(
  String.raw`(?:api[_-]?key|${NAMES}|auth(?:orization)?|bearer)${SEPARATOR}["']?${SCHEME}([^\s"']{2,})$`,
  'i',
);
const TOKEN_AT_START = /^[\w+/=.~-]{16,}/;

/** Reports what may be a piece of a secret that a cut left: judged more strictly, because its rest cannot be seen. */
export function findPatternPieces(text: string, atStart: boolean, atEnd: boolean, report: Report): void {
  if (atStart) {
    const [piece = ''] = TOKEN_AT_START.exec(text) ?? [];
    if (hasDigit(piece) && /[A-Za-z]/.test(piece)) report(0, piece.length);
  }
  if (!atEnd) return;
  // Pieces have no line break in them.
  const from = Math.max(text.lastIndexOf('\n') + 1, text.length - EDGE_LENGTH, 0);
  const line = text.slice(from);
  const [token] = TOKEN_AT_END.exec(line) ?? [];
  if (token !== undefined) report(text.length - token.length, text.length);
  const value = VALUE_AT_END.exec(line)?.at(-1);
  if (value !== undefined) report(text.length - value.length, text.length);
}

/** A name of a variable whose value is hidden in every listing. */
const SENSITIVE_NAME = /PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL|AUTH|BEARER|JWT|PRIVATE|CERT|PFX|PEM/i;

/** Whether the value of a variable of this name is shown to nobody. */
export function isSensitiveName(name: string): boolean {
  return SENSITIVE_NAME.test(name);
}

const LONG_RUN = /(?<![A-Za-z0-9])[A-Za-z0-9]{32,}(?![A-Za-z0-9])/g;
const HASH = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i;

/** Reports long runs of letters and digits other than hashes. For logs only: output has such runs for other reasons. */
export function findLongRuns(text: string, report: Report): void {
  for (const { 0: run, index } of text.matchAll(LONG_RUN)) if (!HASH.test(run)) report(index, index + run.length);
}
