/** Replaces what belongs to the machine that records: folders, hosts, times, addresses. Positions and words stay. */
import { homedir, hostname } from 'node:os';
import { basename } from 'node:path';

export function createNormaliser({ folder, work, root, tools }) {
  const names = [
    [work, '/work'],
    [folder, '/case'],
    ...tools.map((tool) => [tool, '/tools']),
    [root, '/tools'],
    [homedir(), '/home/user'],
  ];
  return (text) => {
    let clean = text;
    for (const [name, replacement] of names) clean = clean.replaceAll(name, replacement);
    for (const tool of tools) clean = clean.replaceAll(new RegExp(`(?:\\.\\./)+${basename(tool)}/`, 'g'), '/tools/');
    return clean
      .replace(/https?:\/\/[\w.-]+/g, 'https://docs.example')
      .replaceAll(new RegExp(`\\b${hostname()}\\b`, 'g'), 'host')
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(Z|[+-]\d\d:\d\d)?/g, '2026-01-01T00:00:00Z')
      .replace(/\b\d+(\.\d+)?(m?s)\b/g, '1$2')
      .replace(/\b0x[0-9a-f]{6,16}\b/g, '0x0')
      .replace(/\/tmp\/(?:cc\w{6}|\w+-[0-9a-f]{6})\.o\b/g, '/tmp/part.o')
      .replace(
        /(?<!\w)("?(?:Elapsed|duration|startTime|endTime|start|end|time|duration_ms)"?\s*[:=]\s*"?)\d+(\.\d+)?/g,
        '$10',
      );
  };
}
