import { expect, it } from 'vitest';
import { displayPath } from '../../../src/core/display-path.js';

it.each([
  ['git', 'git'],
  ['./bin/tool', './bin/tool'],
  ['/home/someone/bin/tool', '.../tool'],
  ['/home/someone/', '.../someone'],
  ['C:\\Users\\someone\\tool.exe', '.../tool.exe'],
  ['\\\\server\\share\\x', '.../x'],
  ['/', '/'],
])('shows %s as %s', (path, shown) => {
  expect(displayPath(path)).toBe(shown);
});
