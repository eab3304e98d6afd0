// Promised    : a host that runs more programs by name than the engine has numbers for is told each file all the same.
// Not promised: what that costs.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BackendScene } from '../../conformance/scene.js';
import { placeProgram } from '../../programs/probe-files.js';

const NUMBERS = 1024;

const scene = new BackendScene('require');
beforeEach(() => {
  scene.open();
});
afterEach(() => scene.closeAndAssertEmpty());

it('CMD-21: names more files than there are numbers, those with a number and the others', async () => {
  const names = Array.from({ length: NUMBERS + 2 }, (_, index) => `probe-${String(index)}`);
  for (const name of names) placeProgram(scene.probe, join(scene.directory, name));
  const again = [...names, ...names.slice(0, 1), ...names.slice(-1)];
  const env = { PATH: scene.directory };
  const found = await Promise.all(again.map((name) => scene.runner.run(name, ['args'], { env })));
  expect(found.map(({ command }) => command.resolvedFile)).toEqual(again.map((name) => join(scene.directory, name)));
});
