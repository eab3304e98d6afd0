// Promised: the report is one page that loads nothing, shows what ran, filters it, and runs nothing that a command or its output says.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditObserver, openAuditStore } from '../../src/audit/index.js';
import { createRunner } from '../../src/index.js';
import { custody } from './cli-process.js';

const folder = mkdtempSync(join(tmpdir(), 'custody-report-'));
const page = join(folder, 'report.html');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const browser = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
);
if (browser === undefined && process.env.CUSTODY_REQUIRE_TOOLS === '1') throw new Error('chromium is missing');
if (browser === undefined) console.warn('NOT TESTED: the report in a browser; apt-get install chromium');

const HOSTILE = [
  '</script><script>document.title="PWNED"</script>',
  '<img src=x onerror="document.title=\'PWNED\'">',
  '<!--<script>',
  '"><svg onload=alert(1)>',
  '\u2028\u2029javascript:alert(1)',
];

beforeAll(async () => {
  const file = join(folder, 'audit.db');
  const store = openAuditStore({ file });
  const runner = createRunner({ observers: [auditObserver(store)] });
  await Promise.all([runner.run('sleep', ['0.2']), runner.run('sleep', ['0.1'])]);
  for (const text of HOSTILE) await runner.run('printf', ['%s', text]);
  await runner.run('sh', ['-c', 'echo why it failed >&2; exit 3']);
  await runner.close();
  await store.close();
  const { exitCode, stderr } = await custody(['runs', 'report', '--html', page, '--audit-db', file]);
  expect(exitCode, stderr).toBe(0);
}, 60_000);

it('CLI-05: the report is one file that names no other, and what was run is data in it', () => {
  const html = readFileSync(page, 'utf8');
  expect(html).not.toMatch(/(?:src|href)=["']?(?:https?:)?\/\//);
  expect(html.match(/<script/g)).toHaveLength(2);
  expect(html.match(/<\/script/g)).toHaveLength(2);
  expect(html).toContain("default-src 'none'");
  const data = /<script type="application\/json" id="data">(.*?)<\/script>/su.exec(html)![1]!;
  const { runs } = JSON.parse(data) as { runs: { command: string }[] };
  expect(runs.map(({ command }) => command)).toEqual(
    expect.arrayContaining(HOSTILE.map((text) => `printf %s ${text}`)),
  );
});

/** The page as the browser has it once its script has run. */
function dom(hash = ''): string {
  const profile = mkdtempSync(join(folder, 'profile-'));
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
    '--dump-dom',
  ];
  const { stdout, stderr, status } = spawnSync(
    browser!,
    [...flags, `--user-data-dir=${profile}`, `file://${page}${hash}`],
    {
      encoding: 'utf8',
      timeout: 60_000,
    },
  );
  expect(status, stderr).toBe(0);
  return stdout;
}

describe.skipIf(browser === undefined)('CLI-05: the report in a browser', { timeout: 120_000 }, () => {
  it('shows every run in the timeline, by lane, and in the list, and runs nothing of what they say', () => {
    const html = dom();
    expect(html).toContain('<title>custody: runs</title>');
    expect(html).not.toMatch(/<img|<svg/);
    const runs = HOSTILE.length + 3;
    expect(html).toContain(`${runs} of ${runs} runs, 1 failed`);
    expect(html.match(/<button class="run (?:ok|failed)"/g)).toHaveLength(runs);
    expect(html.match(/<div class="lane">/g)).toHaveLength(2);
    expect(html.match(/<tr><td class="when">/g)).toHaveLength(runs);
    expect(html).toMatch(/<td class="number memory">[\d.]+ [KM]iB<\/td>/);
    expect(html).toMatch(/aria-label="sh -c echo why it failed [^"]*: exit 3/);
  });

  it('filters by the text of command and output', () => {
    const html = dom('#filter=why%20it');
    expect(html).toContain(`1 of ${HOSTILE.length + 3} runs`);
    expect(html.match(/<tr><td class="when">/g)).toHaveLength(1);
  });
});
