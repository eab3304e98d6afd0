/**
 * A text cut to a bound, for errors and reports. What a tool says first and what it says last are kept, the middle is named.
 */
export function excerptOf(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const half = Math.floor(maxCharacters / 2);
  const start = text.slice(0, half).toWellFormed();
  const end = text.slice(text.length - half).toWellFormed();
  return `${start}\n[... ${text.length - 2 * half} characters left out ...]\n${end}`;
}
