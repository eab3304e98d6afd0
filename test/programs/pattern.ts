/** The test pattern: every byte follows from its absolute position, so any stretch of output can be checked on its own. */

/** The byte at `position`. Twin of `PatternByte` in probe_streams.cc. */
export function patternByte(position: number): number {
  if (position % 64 === 63) return 0x0a;
  let mixed = Math.imul(position, 2654435761);
  mixed ^= mixed >>> 15;
  return 0x61 + ((mixed >>> 0) % 26);
}

/** The bytes of the pattern from one position to another, the latter excluded. */
export function patternBytes(from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(to - from);
  for (let i = 0; i < bytes.length; i++) bytes[i] = patternByte(from + i);
  return bytes;
}

/** The pattern as text. */
export function patternText(from: number, to: number): string {
  return Buffer.from(patternBytes(from, to)).toString('latin1');
}

/** Where `bytes` first differs from the pattern at `from`, as a sentence; `undefined` if it does not. */
export function patternMismatch(bytes: Uint8Array, from: number): string | undefined {
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== patternByte(from + i)) {
      return `byte ${String(from + i)} is ${String(bytes[i])} instead of ${String(patternByte(from + i))}`;
    }
  }
  return undefined;
}

/** FNV-1a, 32 bits: what the role `read-stdin` prints of its input. */
export function hashOf(bytes: Uint8Array): number {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  return hash >>> 0;
}
