/** Messages of `cargo --message-format=json` and of `rustc --error-format=json`: one JSON object on each line. */
import { isObject } from '../../core/shape.js';
import { severityOf } from '../diagnostic.js';
import { type BlockReader } from '../format.js';
import { numberIn, objectIn, objectsIn, textIn, type JsonObject } from '../json-values.js';

/** Sentences that only count, and further notes of an error that stands above. */
const SUMMARY = /^(?:aborting due to|\d{1,9} warnings? emitted)/;

/** The message in a line of cargo, of rustc, or `undefined` if it is another object. */
function messageOf(value: JsonObject): JsonObject | undefined {
  if (value.$message_type === 'diagnostic') return value;
  return value.reason === 'compiler-message' ? objectIn(value, 'message') : undefined;
}

export const readCargoJson: BlockReader = (lines, at, report) => {
  const found = lines.jsonAt(at);
  if (found === undefined || !isObject(found.value)) return 0;
  const { value } = found;
  const message = messageOf(value);
  if (message === undefined) return '$message_type' in value || textIn(value, 'reason')?.startsWith('build-') ? 1 : 0;
  const text = textIn(message, 'message') ?? '';
  const level = textIn(message, 'level');
  const spans = objectsIn(message.spans);
  const code = textIn(objectIn(message, 'code'), 'code');
  if (level === 'failure-note' || (spans.length === 0 && SUMMARY.test(text))) return found.next - at;
  const span = spans.find((candidate) => candidate.is_primary === true) ?? spans[0];
  report({
    file: textIn(span, 'file_name'),
    line: numberIn(span, 'line_start'),
    column: numberIn(span, 'column_start'),
    endLine: numberIn(span, 'line_end'),
    endColumn: numberIn(span, 'column_end'),
    severity: severityOf(level),
    code,
    message: text,
    tool: code?.startsWith('clippy::') === true ? 'clippy' : 'rustc',
  });
  return found.next - at;
};
