/**
 * From bytes to text: which encodings there are, how one is recognised, and where a stretch of bytes may be cut.
 *
 * UTF-8 is decoded by one shared decoder; every other encoding costs only those who ask for it.
 */
import { lengthToBorder, startOfBorder } from './utf8.js';

/** Encodings of text by name. */
export const TEXT_ENCODINGS = [
  'utf8',
  'utf-16le',
  'utf-16be',
  'latin1',
  'iso-8859-2',
  'iso-8859-15',
  'windows-1250',
  'windows-1251',
  'ibm866',
  'koi8-r',
  'macintosh',
  'shift_jis',
  'iso-2022-jp',
  'gbk',
  'gb18030',
  'big5',
  'euc-kr',
] as const;

/**
 * The name of an encoding of text. Which of them there are is decided by the Node.js in use; official builds have all.
 *
 * @useDeclaredType
 */
export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

/** Puts characters together that were split between chunks. Bytes that mean nothing become U+FFFD. */
export interface TextChunkDecoder {
  /** `last`: nothing follows, so that half a character at the end is one that stays incomplete. */
  decode(chunk: Uint8Array, last: boolean): string;
}

/** Bytes that are looked at to recognise an encoding. */
const SAMPLE_BYTES = 1024;

/** Bytes that the pattern of UTF-16 is told by at least. */
const PATTERN_BYTES = 16;

const NOTHING = new Uint8Array(0);
const UTF8_MARK = [0xef, 0xbb, 0xbf];

// A byte order mark is output like any other byte, unless somebody asked to have the encoding recognised.
const wholeUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Whether this Node.js knows the encoding. */
export function isSupported(encoding: TextEncoding): boolean {
  if (encoding === 'utf8' || encoding === 'latin1') return true;
  try {
    new TextDecoder(encoding);
    return true;
  } catch {
    return false;
  }
}

/** The encoding that `bytes`, the beginning of an output, are in: by byte order mark, by the pattern of UTF-16, else UTF-8. */
export function recognise(bytes: Uint8Array): { readonly encoding: TextEncoding; readonly hasMark: boolean } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', hasMark: true };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', hasMark: true };
  if (UTF8_MARK.every((byte, index) => bytes[index] === byte)) return { encoding: 'utf8', hasMark: true };
  return { encoding: encodingByZeros(bytes.subarray(0, SAMPLE_BYTES)), hasMark: false };
}

/** ASCII in UTF-16 has a zero in every second byte; where a third of the pairs have theirs on the same side, it is that. */
function encodingByZeros(sample: Uint8Array): TextEncoding {
  const zeros: [even: number, odd: number] = [0, 0];
  for (let index = 0; index < sample.length; index += 1) {
    if (sample[index] === 0) zeros[index % 2 === 0 ? 0 : 1] += 1;
  }
  const [even, odd] = zeros;
  const needed = Math.max(2, sample.length / 6);
  if (odd >= needed && even * 8 < odd) return 'utf-16le';
  return even >= needed && odd * 8 < even ? 'utf-16be' : 'utf8';
}

/** Text of bytes that are all there is. */
export function decodeWhole(bytes: Uint8Array, encoding: TextEncoding): string {
  if (bytes.length === 0) return '';
  return encoding === 'utf8' ? wholeUtf8.decode(bytes) : createDecoder(encoding).decode(bytes, true);
}

/** A decoder for bytes that come in chunks. `auto` recognises the encoding by the first of them and leaves out the mark. */
export function createDecoder(encoding: TextEncoding | 'auto'): TextChunkDecoder {
  if (encoding === 'auto') return new RecognisingDecoder();
  if (encoding === 'latin1') return LATIN1;
  return new PlatformDecoder(encoding);
}

/** Node's converters refuse some malformed bytes although they are told not to (EUC-JP did). That must cost no run its result. */
class PlatformDecoder implements TextChunkDecoder {
  readonly #encoding: TextEncoding;
  #decoder: InstanceType<typeof TextDecoder>;

  constructor(encoding: TextEncoding) {
    this.#encoding = encoding;
    this.#decoder = newDecoder(encoding);
  }

  decode(chunk: Uint8Array, last: boolean): string {
    try {
      return this.#decoder.decode(chunk, { stream: !last });
    } catch {
      this.#decoder = newDecoder(this.#encoding);
      return '\uFFFD';
    }
  }
}

function newDecoder(encoding: TextEncoding): InstanceType<typeof TextDecoder> {
  return new TextDecoder(encoding, { ignoreBOM: true });
}

/** Every byte is the character of its number. Node's own decoder of that name depends on the version. */
const LATIN1: TextChunkDecoder = {
  decode: (chunk) => {
    let text = '';
    for (let at = 0; at < chunk.length; at += SAMPLE_BYTES) {
      text += String.fromCharCode(...chunk.subarray(at, at + SAMPLE_BYTES));
    }
    return text;
  },
};

class RecognisingDecoder implements TextChunkDecoder {
  #decoder: TextChunkDecoder | undefined;
  /** Too little to recognise anything by. */
  #held = NOTHING;

  decode(chunk: Uint8Array, last: boolean): string {
    if (this.#decoder !== undefined) return this.#decoder.decode(chunk, last);
    const bytes = new Uint8Array(this.#held.length + chunk.length);
    bytes.set(this.#held);
    bytes.set(chunk, this.#held.length);
    if (!last && isTooLittle(bytes)) {
      this.#held = bytes;
      return '';
    }
    const { encoding, hasMark } = recognise(bytes);
    this.#decoder = createDecoder(encoding);
    this.#held = NOTHING;
    return this.#decoder.decode(bytes, last).slice(hasMark ? 1 : 0);
  }
}

/** Whether bytes may still turn out to be the beginning of a mark, or of UTF-16. ASCII text is never held back. */
function isTooLittle(bytes: Uint8Array): boolean {
  if (bytes.length < 2) return true;
  const mayBeMark = bytes.length < UTF8_MARK.length && bytes[0] === UTF8_MARK[0] && bytes[1] === UTF8_MARK[1];
  return mayBeMark || (bytes.length < PATTERN_BYTES && bytes.includes(0));
}

/** Length of `bytes`, which begin at a border, without half a character at their end. */
export function wholeLength(bytes: Uint8Array, encoding: TextEncoding): number {
  if (encoding === 'utf8') return lengthToBorder(bytes);
  return encoding === 'utf-16le' || encoding === 'utf-16be' ? utf16Length(bytes, encoding) : bytes.length;
}

function utf16Length(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): number {
  const length = bytes.length - (bytes.length % 2);
  const high = bytes[encoding === 'utf-16le' ? length - 1 : length - 2] ?? 0;
  return length >= 2 && high >= 0xd8 && high <= 0xdb ? length - 2 : length;
}

/** Where the first whole character begins in bytes that were cut off at the position `offset` of their stream. */
export function firstBorder(bytes: Uint8Array, offset: number, encoding: TextEncoding): number {
  if (encoding === 'utf8') return startOfBorder(bytes);
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') return 0;
  const start = offset % 2;
  const high = bytes[encoding === 'utf-16le' ? start + 1 : start] ?? 0;
  return high >= 0xdc && high <= 0xdf ? start + 2 : start;
}

/** Index after the first line feed among `most` bytes from `start` on; -1 if there is none. */
export function afterLineFeed(bytes: Uint8Array, start: number, most: number, encoding: TextEncoding): number {
  const end = Math.min(bytes.length, start + most);
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') {
    const found = bytes.subarray(0, end).indexOf(0x0a, start);
    return found + (found === -1 ? 0 : 1);
  }
  const low = encoding === 'utf-16le' ? 0 : 1;
  for (let index = start; index + 1 < end; index += 2) {
    if (bytes[index + low] === 0x0a && bytes[index + 1 - low] === 0) return index + 2;
  }
  return -1;
}
