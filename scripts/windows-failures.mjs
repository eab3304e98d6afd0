/**
 * What `npm run test:windows` says of a failed test: its first failure message in full and the scene that the test printed, which
 * vitest leaves in its log only. Bounded, because whoever runs it may keep nothing but this output.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const LONGEST_MESSAGE = 2000;
const LONGEST_SCENE = 3000;
/** What follows a scene in the log: another one, or the line of a test. */
const NEXT = /^(?:std(?:err|out) \| | +[✓×↓❯] )/mu;

/** Of a long text the middle is left out: the last thing that a test saw is as a rule the one that failed. */
function shorten(text, longest) {
  if (text.length <= longest) return text;
  const half = longest / 2;
  return `${text.slice(0, half)}\n...${text.length - longest} characters...\n${text.slice(-half)}`;
}

/** What a test wrote to stderr, as vitest's verbose reporter keeps it: below a heading with the names of the test. */
function sceneOf(log, file, names) {
  const heading = `stderr | ${file} > ${names.join(' > ')}\n`;
  const begin = log.split(heading)[1];
  return begin === undefined ? '' : begin.split(NEXT)[0].trimEnd();
}

function indent(text) {
  return text.replaceAll(/^/gm, '    ');
}

/** A file that failed without a test of it having failed, then every failed test. @returns {string[]} */
export function describeFailures(results, logFile) {
  const log = stripVTControlCharacters(readFileSync(logFile, 'utf8')).replaceAll('\r\n', '\n');
  return results.testResults.flatMap(({ name, status, message, assertionResults }) => {
    if (status === 'failed' && assertionResults.length === 0) return [`  FAILED: ${name}: ${message}`];
    const file = name.replaceAll('\\', '/').replace(/^.*\/test\//, '');
    return assertionResults
      .filter((test) => test.status === 'failed')
      .map(({ ancestorTitles, title, failureMessages }) => {
        const names = [...ancestorTitles, title];
        const failure = shorten(failureMessages[0] ?? 'no message', LONGEST_MESSAGE);
        const scene = shorten(sceneOf(log, file, names), LONGEST_SCENE);
        return [`  FAILED: ${basename(file)}: ${names.join(' > ')}`, indent(failure), indent(scene)]
          .join('\n')
          .trimEnd();
      });
  });
}

/** Why a run failed in which no test did: what Wine said of a crash, and what vitest did of the worker. @returns {string} */
export function describeEnding(code, logFile) {
  const log = stripVTControlCharacters(readFileSync(logFile, 'utf8')).replaceAll('\r\n', '\n');
  const crashes = log.match(/^wine: .*$/gmu) ?? [];
  const errors = log.split(/^.*Unhandled Errors.*$/mu)[1] ?? log.slice(-LONGEST_SCENE);
  const said = [...crashes, shorten(errors.trim(), LONGEST_SCENE)].join('\n');
  return `  FAILED: vitest ended with code ${code}, and no test failed\n${indent(said)}`;
}
