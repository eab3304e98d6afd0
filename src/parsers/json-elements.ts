/** Reads what is whole of a JSON array whose end is missing: its elements up to the first that is torn. */

/** The objects in an array that was cut off; `undefined` if there is none. One pass over the text. */
export function readElements(text: string): readonly unknown[] | undefined {
  const elements: unknown[] = [];
  let depth = 0;
  let begin = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      at = endOfString(text, at);
    } else if (character === '{' || character === '[') {
      depth++;
      if (depth === 2) begin = at;
    } else if (character === '}' || character === ']') {
      depth--;
      if (depth === 1 && !addElement(elements, text.slice(begin, at + 1))) break;
      if (depth < 1) break;
    }
  }
  return elements.length === 0 ? undefined : elements;
}

function addElement(elements: unknown[], text: string): boolean {
  try {
    elements.push(JSON.parse(text));
    return true;
  } catch {
    return false;
  }
}

/** Place of the quotation mark that ends the string. */
function endOfString(text: string, begin: number): number {
  for (let at = begin + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
