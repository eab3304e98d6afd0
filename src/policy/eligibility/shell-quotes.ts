/** Where a stretch of shell text ends: pure scanning, each in one pass. `undefined`: it does not. */

/** The `)` that closes the `(` at `open`, past quotes and what is nested in them. */
export function closeOf(text: string, open: number): number | undefined {
  // What is open: `(`, or `"`, in which a `$(` may open again.
  const stack: string[] = [];
  for (let at = open; at < text.length; at += 1) {
    const character = text.charAt(at);
    const inQuotes = stack.at(-1) === '"';
    if (character === '\\') at += 1;
    else if (character === '"') {
      if (inQuotes) stack.pop();
      else stack.push('"');
    } else if (character === '(' && (!inQuotes || text.charAt(at - 1) === '$')) stack.push('(');
    else if (character === ')' && !inQuotes) {
      stack.pop();
      if (stack.length === 0) return at;
    } else if (character === "'" && !inQuotes) {
      const end = text.indexOf("'", at + 1);
      if (end === -1) return undefined;
      at = end;
    }
  }
  return undefined;
}

/** The `}` that closes the `{` at `open`. */
export function endOfBraces(text: string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return undefined;
}

/** The quote that ends the text begun at `open`; `doubled`: two of them in a row stand for one. */
export function endOfSingleQuotes(text: string, open: number, doubled: boolean): number | undefined {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text.charAt(at) !== "'") continue;
    if (!doubled || text.charAt(at + 1) !== "'") return at;
    at += 1;
  }
  return undefined;
}

/** The backtick that ends the substitution begun at `open`. */
export function endOfBackticks(text: string, open: number): number | undefined {
  for (let at = open + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '`') return at;
  }
  return undefined;
}
