/** A table of labels (rows) against verdicts (columns), and the share that agrees. Each pair is a label and a verdict. */
export function confusionMatrix(pairs: readonly (readonly [label: string, verdict: string])[]): string {
  const names = [...new Set(pairs.flat())].sort();
  const width = Math.max(...names.map((name) => name.length));
  const count = (label: string, verdict: string): number =>
    pairs.filter((pair) => pair[0] === label && pair[1] === verdict).length;
  const cell = (value: number): string => (value === 0 ? '.' : String(value)).padStart(4);
  const head = `${'label \\ verdict'.padEnd(width + 4)}${names.map((_, index) => String(index + 1).padStart(4)).join('')}`;
  const rows = names.map((label, index) => {
    const number = String(index + 1).padStart(2);
    return `${number}. ${label.padEnd(width)}${names.map((verdict) => cell(count(label, verdict))).join('')}`;
  });
  const agreed = pairs.filter(([label, verdict]) => label === verdict).length;
  return [head, ...rows, `${agreed} of ${pairs.length} categories agree`].join('\n');
}
