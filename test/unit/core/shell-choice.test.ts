import { expect, it } from 'vitest';
import { shellChoiceOf } from '../../../src/core/shell-choice.js';

it.each([
  ['sh', { name: 'sh', file: undefined, flags: [] }],
  ['bash', { name: 'bash', file: undefined, flags: [] }],
  ['cmd', { name: 'cmd', file: undefined, flags: [] }],
  ['powershell', { name: 'powershell', file: undefined, flags: [] }],
  ['pwsh', { name: 'powershell', file: undefined, flags: [] }],
  ['zsh', { name: 'sh', file: 'zsh', flags: [] }],
  ['/bin/bash', { name: 'bash', file: '/bin/bash', flags: [] }],
  ['/bin/bash -c', { name: 'bash', file: '/bin/bash', flags: ['-c'] }],
  [' /bin/bash  -e -lc ', { name: 'bash', file: '/bin/bash', flags: ['-e', '-lc'] }],
  [
    'C:\\Windows\\System32\\CMD.EXE /d /s /c',
    { name: 'cmd', file: 'C:\\Windows\\System32\\CMD.EXE', flags: ['/d', '/s', '/c'] },
  ],
  [
    'C:\\Program Files\\PowerShell\\7\\pwsh.exe -Command',
    { name: 'powershell', file: 'C:\\Program Files\\PowerShell\\7\\pwsh.exe', flags: ['-Command'] },
  ],
])('SHL-06: knows %s', (text, choice) => {
  expect(shellChoiceOf(text)).toEqual(choice);
});

it.each(['', ' ', 'fish', 'python3', '/bin/bash -x', 'cmd /k', 'powershell -File', 'bash script.sh', 'x'.repeat(5000)])(
  'SHL-06: does not take %o for a shell that can be given a line',
  (text) => {
    expect(shellChoiceOf(text)).toBeUndefined();
  },
);
