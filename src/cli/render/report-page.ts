/**
 * The page of `custody runs report`: one file with everything in it, which loads nothing.
 *
 * What commands and their output say is data in it, never markup: the data is JSON that can close no element, the script of the
 * page writes it as text, and the policy of the page lets no other script run and nothing be loaded.
 */
import { createHash } from 'node:crypto';
import type { AuditedRun } from '../../audit/index.js';
import { REPORT_SCRIPT } from './report-script.js';
import { REPORT_STYLE } from './report-style.js';
import { numberIn, objectIn, resultText, textIn } from './run-fields.js';

/** One run on the page. Short names: there may be ten thousand. */
interface PageRun {
  readonly id: string;
  readonly command: string;
  readonly result: string;
  readonly state: 'ok' | 'failed' | 'open';
  readonly startMs: number;
  readonly durationMs: number;
  readonly cpuMs: number | null;
  readonly peakBytes: number | null;
  readonly excerpt: string;
}

/** Characters of output that a run shows. */
const EXCERPT_LENGTH = 2_000;

/** The page. `nowMs`: when it is made; what is open lasts until then. */
export function renderReportPage(runs: readonly AuditedRun[], nowMs: number): string {
  const data = { madeAtMs: nowMs, runs: runs.map((run) => pageRunOf(run, nowMs)) };
  // What could end the element, or begin a comment in it, is an escape.
  const json = JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (unsafe) => `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const policy = `default-src 'none'; style-src '${hashOf(REPORT_STYLE)}'; script-src '${hashOf(REPORT_SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>custody: runs</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
<h1>Runs</h1>
<p id="summary" role="status"></p>
<p><label for="filter">Filter</label> <input id="filter" type="search" placeholder="command, result, id or output" autocomplete="off">
<label><input id="failed" type="checkbox"> failed only</label></p>
</header>
<main>
<section aria-labelledby="timeline-title">
<h2 id="timeline-title">Timeline</h2>
<div id="timeline" tabindex="0" role="group" aria-label="One lane for each run that goes on at the same time"></div>
<p id="axis" aria-hidden="true"><span id="from"></span><span id="to"></span></p>
</section>
<section aria-labelledby="list-title">
<h2 id="list-title">List</h2>
<table>
<thead><tr><th scope="col">Started</th><th scope="col">Result</th><th scope="col" class="number">Took</th>
<th scope="col" class="number">CPU</th><th scope="col" class="number">Memory</th><th scope="col">Command</th></tr></thead>
<tbody id="rows"></tbody>
</table>
</section>
</main>
<noscript><p>This page needs its script to show the runs.</p></noscript>
<script type="application/json" id="data">${json}</script>
<script>${REPORT_SCRIPT}</script>
</body>
</html>
`;
}

function pageRunOf({ record, state, executionId }: AuditedRun, nowMs: number): PageRun {
  const { event, timestamp } = record;
  const startMs = Date.parse(textIn(event, 'startTime') ?? timestamp);
  const usage = objectIn(event, 'usage');
  const [userMs, systemMs] = [numberIn(usage, 'userMs'), numberIn(usage, 'systemMs')];
  const result = resultText(event, state === 'open');
  const output = ['stdout', 'stderr'].map((name) => textIn(objectIn(event, name), 'excerpt') ?? '').join('');
  return {
    id: executionId,
    command: textIn(event, 'command') ?? '',
    result,
    state: state === 'open' ? 'open' : result === 'ok' ? 'ok' : 'failed',
    startMs: Number.isNaN(startMs) ? 0 : startMs,
    durationMs: numberIn(event, 'durationMs') ?? Math.max(0, nowMs - startMs),
    cpuMs: userMs === undefined || systemMs === undefined ? null : userMs + systemMs,
    peakBytes: numberIn(usage, 'peakRssBytes') ?? null,
    excerpt: output.slice(-EXCERPT_LENGTH),
  };
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
