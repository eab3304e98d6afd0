/** Reading of binary files: every read outside of the file is a `RangeError`, which `binary-format.mjs` turns into a problem. */

/** The text at an offset, up to the next NUL. */
export function textAt(bytes, at) {
  const end = bytes.indexOf(0, at);
  if (at >= bytes.length || end === -1) throw new RangeError(`no text at offset ${at}`);
  return bytes.toString('latin1', at, end);
}

/** Orders versions such as 2.9 and 2.17 by their numbers. */
export const byVersion = (a, b) => a.localeCompare(b, 'en', { numeric: true });
