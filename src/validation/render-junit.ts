/** A validation as JUnit XML: one test case for each stage. */
import { excerptOf } from '../core/excerpt.js';
import { placeOf } from './place.js';
import type { StageResult, ValidationOutput } from './stage.js';

/** Characters of the output that a test case holds. */
const OUTPUT_CHARACTERS = 65_536;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** What XML 1.0 has no way to write. */
const UNWRITABLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** The document as text, with a final newline. */
export function renderJUnit({ stages, durationMs }: ValidationOutput): string {
  const count = (status: StageResult['status']): number => stages.filter((stage) => stage.status === status).length;
  const attributes = `tests="${stages.length}" failures="${count('failed')}" skipped="${count('skipped')}" time="${seconds(durationMs)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes}>`,
    `  <testsuite name="validation" ${attributes}>`,
    ...stages.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase({ stage, status, durationMs, reason, errors, output }: StageResult): string {
  const open = `    <testcase name="${escaped(stage)}" classname="validation" time="${seconds(durationMs)}"`;
  if (status === 'passed') return `${open}/>`;
  if (status === 'skipped') return `${open}>\n      <skipped message="${escaped(reason ?? '')}"/>\n    </testcase>`;
  const lines = errors.map((error) => `${placeOf(error)}${error.severity}: ${error.message}`);
  const message = escaped(errors[0]?.message ?? reason ?? '');
  const body = escaped(excerptOf([...lines, '', output].join('\n'), OUTPUT_CHARACTERS));
  return `${open}>\n      <failure message="${message}" type="failed">${body}</failure>\n    </testcase>`;
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3);
}

/** Text for attributes and elements alike: a line end in an attribute would be read as a blank. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(UNWRITABLE, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}
