import { expect, it } from 'vitest';
import { createRunIds } from '../../../src/runner/run-id.js';

it('RES-13: gives ids that differ within a source and between sources', () => {
  const sources = [createRunIds(), createRunIds()];
  const ids = sources.flatMap((next) => Array.from({ length: 1000 }, next));
  expect(new Set(ids).size).toBe(2000);
  for (const id of ids) expect(id).toMatch(/^exec-[0-9a-z.-]+$/);
});
