/**
 * The forms in which a secret is met in output: as it is, with other line ends, and as common encodings write it.
 */

/** Characters of the shortest value that is looked for: anything shorter stands in ordinary words and numbers by chance. */
export const MIN_VALUE_LENGTH = 6;

/** Characters of the shortest line of a secret that is looked for by itself. */
const MIN_LINE_LENGTH = 16;

const utf8 = new TextEncoder();
const lenient = new TextDecoder();

/** White space at either end is not part of a secret: what prints it often leaves that out. */
export function isTooShort(value: string): boolean {
  const { length } = value.trim();
  return length > 0 && length < MIN_VALUE_LENGTH;
}

/** Every form of a value; none of a value that is too short. */
export function formsOf(value: string): readonly string[] {
  const bytes = utf8.encode(value.trim());
  // A process gets no half surrogates; what it gets in their place is what it may print.
  const plain = lenient.decode(bytes);
  if (plain.length < MIN_VALUE_LENGTH) return [];
  const unix = plain.replaceAll('\r\n', '\n');
  const base64 = Buffer.from(bytes).toString('base64').replace(/=+$/, '');
  const forms = [plain, JSON.stringify(plain).slice(1, -1), encodeURIComponent(plain), base64, base64Url(base64)];
  if (unix.includes('\n')) {
    const others = [unix, unix.replaceAll('\n', '\r\n'), JSON.stringify(unix).slice(1, -1)];
    return [...new Set([...forms, ...others, ...linesOf(unix)])];
  }
  return [...new Set(forms)];
}

/** Lines that tell something: those around a key in PEM form are the same in all of them. */
function linesOf(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line.length >= MIN_LINE_LENGTH && !line.startsWith('-----'));
}

function base64Url(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}
