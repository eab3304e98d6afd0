// Promised: every page is linked from the README, no relative link of README or pages leads nowhere, and no option and no
//           property of a result is left out of them.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { root } from './tree.js';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** What the links of a page lead to, against the root; links to other hosts left out. */
function targetsOf(page: string): string[] {
  return Array.from(read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/gu), ([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/u.test(target))
    .map((target) => join(dirname(page), target));
}

/** Names of the properties that an interface declares itself. */
function propertiesOf(file: string, name: string): string[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const found = source.statements.find(
    (node): node is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(node) && node.name.text === name,
  );
  return (found?.members ?? []).flatMap((member) =>
    member.name === undefined || ts.getJSDocTags(member).some((tag) => tag.tagName.text === 'internal')
      ? []
      : [member.name.getText(source)],
  );
}

describe('the pages', () => {
  it.each(pages)('%s has no link that leads nowhere', (page) => {
    expect(targetsOf(page).filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });

  it('are all linked from the README', () => {
    const targets = targetsOf('README.md');
    expect(pages.filter((page) => page !== 'README.md' && !targets.includes(page))).toEqual([]);
  });

  it.each([
    ['src/core/run-options.ts', 'CommandOptions'],
    ['src/core/run-options.ts', 'RunOptions'],
    ['src/core/output-handlers.ts', 'OutputHandlers'],
    ['src/core/run-result.ts', 'RunResult'],
    ['src/runner/create-runner.ts', 'RunnerOptions'],
    ['src/runner/gate-limits.ts', 'GateOptions'],
    ['src/runner/runner.ts', 'RunHandle'],
  ])('leave nothing of %s %s out', (file, name) => {
    const properties = propertiesOf(file, name);
    expect(properties.length).toBeGreaterThan(2);
    const prose = pages
      .map(read)
      .join('\n')
      .replaceAll(/^```.*?^```/gmsu, '');
    const code = Array.from(prose.matchAll(/`[^`]+`/gu), ([text]) => text).join('\n');
    expect(properties.filter((property) => !new RegExp(`\\b${property}\\b`, 'u').test(code))).toEqual([]);
  });
});
