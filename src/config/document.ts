/**
 * Reads YAML, and JSON as a part of it, into a tree that knows where everything stands.
 *
 * Decides what a configuration may be made of: plain maps, lists and scalars. Anchors, aliases, tags, directives, several
 * documents and deep nesting have no use there and are how small files become large, so a file with them is refused before
 * the parser sees it; what is left takes time linear in its size. Knows nothing of keys.
 */
import { isMap, isScalar, isSeq, Lexer, LineCounter, parseDocument } from 'yaml';

/** Where something stands, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type ScalarValue = string | number | boolean | null;

/** A value of the file. */
export type Tree = { readonly at: Place } & (
  | { readonly kind: 'scalar'; readonly value: ScalarValue }
  | { readonly kind: 'list'; readonly items: readonly Tree[] }
  | { readonly kind: 'map'; readonly entries: readonly Entry[] }
);

export interface Entry {
  readonly key: string;
  readonly at: Place;
  readonly tree: Tree;
}

/** Hears what is wrong. */
export type Note = (at: Place, path: string, message: string) => void;

/** Bytes of a configuration file. The example with every key has 6 KiB. */
export const MAX_CONFIG_BYTES = 64 * 1024;

/** Levels of brackets, and of dashes in one line; columns of indentation. The deepest key of a configuration is on level 3. */
const MAX_DEPTH = 16;
const MAX_INDENT_COLUMNS = 100;

/** Keys of one map: variables of the environment are the longest list there is. */
const MAX_ENTRIES = 1_000;

/** Tokens that are not in the text: the lexer's own for the start of a document and of a scalar, and the end of a flow. */
const LEXER_MARKS: readonly string[] = ['\x02', '\x18', '\x1f'];

/** What tokens must not begin with: scalars that do are quoted, and the lexer gives their text without a mark before it. */
const REFUSED: Readonly<Record<string, string>> = {
  '*': 'anchors and aliases are not supported: write the value out',
  '&': 'anchors and aliases are not supported: write the value out',
  '%': 'directives and tags are not supported',
  '!': 'directives and tags are not supported',
};

const START: Place = { line: 1, column: 1 };

/** The tree of the text; `undefined` if there is nothing in it, or after `note` was told why there is no tree. */
export function parseTree(text: string, note: Note): Tree | undefined {
  const lines = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return line === 0 ? START : { line, column: col };
  };
  const refused = refusedToken(text);
  if (refused !== undefined) {
    note(placeIn(text, refused.offset), '', refused.message);
    return undefined;
  }
  // prettyErrors would quote the lines of the file around each error, at a cost that grows with both.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'silent' } as const;
  const document = parseDocument(text, options);
  // The first one alone: the others mostly follow from it.
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) note(placeOf(fault.pos[0]), '', `is not valid YAML: ${firstLine(fault.message)}`);
  return fault !== undefined || document.contents === null ? undefined : treeOf(document.contents, '', placeOf, note);
}

/** The first token that no configuration has. The lexer takes linear time and no stack. */
function refusedToken(text: string): { readonly offset: number; readonly message: string } | undefined {
  let offset = 0;
  let dashes = 0;
  let hasContent = false;
  const brackets: string[] = [];
  for (const token of new Lexer().lex(text)) {
    if (LEXER_MARKS.includes(token)) continue;
    const first = token.charAt(0);
    if (first === '\n' || first === '\r') dashes = 0;
    else if (token === '-' || token === '?') dashes += 1;
    else if (token === '[' || token === '{') brackets.push(token === '[' ? ']' : '}');
    else if ((token === ']' || token === '}') && brackets.pop() !== token) {
      return { offset, message: `is not valid YAML: this ${token} closes nothing` };
    }
    const message = REFUSED[first];
    if (message !== undefined) return { offset, message };
    if (token === '---' && hasContent) return { offset, message: 'several documents in one file are not supported' };
    hasContent ||= token === '---' || !/^(#.*|\s*)$/.test(token);
    if (brackets.length > MAX_DEPTH || dashes > MAX_DEPTH || isIndentedTooFar(token)) {
      return { offset, message: 'is nested too deeply' };
    }
    offset += token.length;
  }
  return undefined;
}

function isIndentedTooFar(token: string): boolean {
  return token.length >= MAX_INDENT_COLUMNS && /^ +$/.test(token.slice(0, MAX_INDENT_COLUMNS));
}

function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

function treeOf(node: unknown, path: string, placeOf: (offset: number) => Place, note: Note): Tree {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  const at = placeOf(range?.[0] ?? 0);
  if (isScalar(node)) return { at, kind: 'scalar', value: scalarOf(node.value) };
  if (isSeq(node)) {
    const items = node.items.map((item, index) => treeOf(item, `${path}[${index}]`, placeOf, note));
    return { at, kind: 'list', items };
  }
  if (!isMap(node)) return { at, kind: 'scalar', value: null };
  if (node.items.length > MAX_ENTRIES) {
    note(at, path, `has more than ${MAX_ENTRIES} keys`);
    return { at, kind: 'map', entries: [] };
  }
  const entries: Entry[] = [];
  const seen = new Set<string>();
  for (const { key: keyNode, value } of node.items) {
    const keyTree = treeOf(keyNode, path, placeOf, note);
    const key = keyTree.kind === 'scalar' && keyTree.value !== null ? String(keyTree.value) : undefined;
    const problem = keyProblem(key, seen);
    if (key === undefined || problem !== undefined) {
      note(keyTree.at, pathTo(path, key ?? ''), problem ?? '');
      continue;
    }
    seen.add(key);
    // A key without a value has no node of its own.
    const tree = value === null ? { at: keyTree.at, kind: 'scalar' as const, value: null } : undefined;
    entries.push({ key, at: keyTree.at, tree: tree ?? treeOf(value, pathTo(path, key), placeOf, note) });
  }
  return { at, kind: 'map', entries };
}

function keyProblem(key: string | undefined, seen: ReadonlySet<string>): string | undefined {
  if (key === undefined) return 'has a key that is no text';
  if (key === '__proto__') return 'is not allowed as a key';
  return seen.has(key) ? 'is there twice' : undefined;
}

function scalarOf(value: unknown): ScalarValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** The path of a member. */
export function pathTo(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
