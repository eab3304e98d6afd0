/**
 * Code-point borders in UTF-8, for output that was cut: a cut may not make half a character, on either side.
 */

/** Bytes of the longest UTF-8 sequence. */
const MAX_SEQUENCE = 4;

/** Length of `bytes` without an incomplete sequence at its end. Bytes that are no UTF-8 at all are left alone. */
export function lengthToBorder(bytes: Uint8Array): number {
  const lowest = Math.max(0, bytes.length - MAX_SEQUENCE + 1);
  for (let index = bytes.length - 1; index >= lowest; index -= 1) {
    const byte = bytes[index] ?? 0;
    if (isContinuation(byte)) continue;
    return index + sequenceLength(byte) > bytes.length ? index : bytes.length;
  }
  return bytes.length;
}

/** Continuation bytes at the start of `bytes` whose first byte has been cut off. */
export function startOfBorder(bytes: Uint8Array): number {
  let index = 0;
  while (index < bytes.length && index < MAX_SEQUENCE - 1 && isContinuation(bytes[index] ?? 0)) index += 1;
  return index;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Length of the sequence that `lead` begins; 1 for ASCII and for bytes that begin none. */
function sequenceLength(lead: number): number {
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xc2 && lead < 0xe0 ? 2 : 1;
}
