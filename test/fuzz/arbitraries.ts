/** What the property tests feed: bytes as programs write them, and ways to cut them up. */
import fc from 'fast-check';

/** Bytes of a stream: text with many line ends and wide characters, mixed with bytes that are no UTF-8. */
export const streamBytes: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
      { weight: 3, arbitrary: fc.constantFrom('\n', '\r\n', '\r', '€', '🙂', '\0', '\ufeff') },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => Buffer.concat(parts.map((part) => Buffer.from(part as string))))
  .map((bytes) => Uint8Array.from(bytes));

/** Cuts bytes into chunks of 1 to `largest` bytes, reproducibly. */
export function chunksOf(bytes: Uint8Array, seed: number, largest: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let state = seed | 1;
  for (let start = 0; start < bytes.length;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const end = Math.min(bytes.length, start + 1 + ((state >>> 0) % largest));
    chunks.push(bytes.subarray(start, end));
    start = end;
  }
  return chunks;
}

/** Kept bytes of a stream under a limit, found in the plainest way: a quarter as head, the rest as tail. */
export function keptOf(bytes: Uint8Array, limit: number): { readonly head: Uint8Array; readonly tail: Uint8Array } {
  if (bytes.length <= limit) return { head: bytes, tail: new Uint8Array() };
  const headBytes = Math.floor(limit / 4);
  return { head: bytes.subarray(0, headBytes), tail: bytes.subarray(bytes.length - (limit - headBytes)) };
}
