/**
 * Reads XML as it comes, line by line, with one look at each character: tags, attributes and text, as reports of tests need them.
 * It checks nothing: what is torn ends where it is torn. Comments, declarations and entities of one's own are skipped; there is
 * no external entity and no expansion.
 */

/** Takes what the reader finds. */
export interface XmlSink {
  open(name: string, attributes: ReadonlyMap<string, string>): void;
  text(text: string): void;
  close(name: string): void;
}

/** An element that is open, and what closes what is being read. */
type State = 'text' | 'tag' | 'comment' | 'cdata' | 'declaration';

const ENDS: Readonly<Record<Exclude<State, 'text' | 'tag'>, string>> = {
  comment: '-->',
  cdata: ']]>',
  declaration: '>',
};
const ATTRIBUTE = /([\w:.-]{1,100})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)')/g;
const ENTITY = /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
/** Characters of one tag that are kept; a longer one has lost its end. */
const MAX_TAG_LENGTH = 262_144;

/** Replaces entities. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(ENTITY, (whole, name?: string, decimal?: string, hexadecimal?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** A reader that is fed with pieces of a document. */
export class XmlReader {
  readonly #sink: XmlSink;
  #state: State = 'text';
  #pending = '';
  /** The quotation mark that a `>` in the tag stands behind. */
  #quote = '';
  #depth = 0;
  /** Whether the root was closed. */
  isDone = false;

  constructor(sink: XmlSink) {
    this.#sink = sink;
  }

  /** Takes the next piece; what is behind the root is left alone. */
  push(piece: string): void {
    let at = 0;
    while (at < piece.length && !this.isDone) {
      if (this.#state === 'text') at = this.#readText(piece, at);
      else if (this.#state === 'tag') at = this.#readTag(piece, at);
      else at = this.#skip(piece, at, ENDS[this.#state]);
    }
  }

  #readText(piece: string, at: number): number {
    const begin = piece.indexOf('<', at);
    const text = piece.slice(at, begin === -1 ? undefined : begin);
    if (text !== '' && this.#depth > 0) this.#sink.text(decodeEntities(text));
    if (begin === -1) return piece.length;
    if (piece.startsWith('<!--', begin)) return this.#enter('comment', begin + 4);
    if (piece.startsWith('<![CDATA[', begin)) return this.#enter('cdata', begin + 9);
    if (piece.startsWith('<!', begin) || piece.startsWith('<?', begin)) return this.#enter('declaration', begin + 2);
    return this.#enter('tag', begin + 1);
  }

  #enter(state: State, next: number): number {
    this.#state = state;
    this.#pending = '';
    this.#quote = '';
    return next;
  }

  #readTag(piece: string, at: number): number {
    for (let index = at; index < piece.length; index++) {
      const character = piece[index];
      if (this.#quote !== '') {
        if (character === this.#quote) this.#quote = '';
      } else if (character === '"' || character === "'") {
        this.#quote = character;
      } else if (character === '>') {
        this.#endTag(this.#pending + piece.slice(at, index));
        return index + 1;
      }
    }
    if (this.#pending.length < MAX_TAG_LENGTH) this.#pending += piece.slice(at);
    return piece.length;
  }

  #endTag(tag: string): void {
    this.#state = 'text';
    if (tag.startsWith('/')) {
      this.#close(tag.slice(1).trim());
      return;
    }
    const name = /^[\w:.-]{1,100}/.exec(tag)?.[0] ?? '';
    const attributes = new Map<string, string>();
    for (const [, key = '', double, single] of tag.matchAll(ATTRIBUTE)) {
      attributes.set(key, decodeEntities(double ?? single ?? ''));
    }
    this.#depth++;
    this.#sink.open(name, attributes);
    if (tag.endsWith('/')) this.#close(name);
  }

  #close(name: string): void {
    this.#depth--;
    this.#sink.close(name);
    if (this.#depth <= 0) this.isDone = true;
  }

  /** What is skipped may end in the next piece; of CDATA the text counts. */
  #skip(piece: string, at: number, end: string): number {
    const found = piece.indexOf(end, at);
    if (this.#state === 'cdata') this.#sink.text(piece.slice(at, found === -1 ? undefined : found));
    if (found === -1) return piece.length;
    this.#state = 'text';
    return found + end.length;
  }
}
