/**
 * Text of the CodeRabbit CLI (`--plain`): blocks between lines of equal signs, with `File:`, `Line:`, `Type:` and then sections
 * such as `Comment:` and `Prompt for AI Agent:`.
 *
 * Never throws; each line is looked at once.
 */
import { lineInProse, lineNumber, type CodeRabbitFinding, type ReadReview } from './finding.js';

const RULE = /^={10,}$/;
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]{0,16}m`, 'g');
const HEAD = /^(File|Line|Type):(.*)$/;
const SECTION = /^(Comment|Suggestion|Suggested fix|Prompt for AI Agent):\s*$/i;
const COMPLETE = /^(?:.{0,8}\s)?(?:Review completed|No (?:issues|findings|comments)\b)/i;

interface Block {
  readonly head: Map<string, string>;
  readonly sections: Map<string, string[]>;
}

/** The review; `undefined` if this has nothing of such a text. */
export function readText(output: string): ReadReview | undefined {
  const blocks: Block[] = [];
  let block: Block | undefined;
  let section: string[] | undefined;
  let summary: string | undefined;
  for (const raw of output.replaceAll(COLOUR, '').split(/\r?\n/)) {
    const line = raw.trimEnd();
    if (RULE.test(line)) {
      block = { head: new Map(), sections: new Map() };
      blocks.push(block);
      section = undefined;
      continue;
    }
    if (COMPLETE.test(line)) summary = line.trim();
    if (block === undefined) continue;
    const [, name = '', value = ''] = section === undefined ? (HEAD.exec(line) ?? []) : [];
    if (name !== '') block.head.set(name.toLowerCase(), value.trim());
    const title = SECTION.exec(line)?.[1]?.toLowerCase();
    if (title !== undefined) block.sections.set(title, (section = []));
    else section?.push(line);
  }
  const written = blocks.filter(({ head }) => head.size > 0);
  if (written.length === 0 && summary === undefined) return undefined;
  const findings = written.flatMap((known) => findingOf(known) ?? []);
  const missing = written.length - findings.length;
  const problems = missing === 0 ? [] : [`${missing} findings have no file or no message`];
  return { findings, summary, isComplete: summary !== undefined, problems };
}

function findingOf({ head, sections }: Block): CodeRabbitFinding | undefined {
  const textIn = (name: string): string | undefined => {
    const text = sections
      .get(name)
      ?.filter((line) => !COMPLETE.test(line))
      .join('\n')
      .trim();
    return text === '' ? undefined : text;
  };
  const file = head.get('file');
  const prompt = textIn('prompt for ai agent');
  const comment = textIn('comment');
  const message = comment ?? prompt;
  if (file === undefined || file === '' || message === undefined) return undefined;
  const suggestion =
    textIn('suggestion') ?? textIn('suggested fix') ?? (comment === undefined ? null : (prompt ?? null));
  const severity = (head.get('type') ?? 'unknown').toLowerCase();
  return { file, line: lineNumber(head.get('line')) ?? lineInProse(prompt ?? ''), severity, message, suggestion };
}
