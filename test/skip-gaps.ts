/** Set-up of every test file under Wine: skips what `windows-gaps.ts` names, with its reason. */
import { basename } from 'node:path';
import { beforeEach } from 'vitest';
import { isWine } from './programs/oracle-windows.js';
import { GAPS, isAbout } from './windows-gaps.js';

const onWine = isWine();

/** The names of the suites around a test, and its own. */
function fullName(task: { readonly name: string; readonly suite?: unknown }): string {
  const suite = task.suite as { readonly name: string; readonly suite?: unknown } | undefined;
  return suite === undefined || suite.name === '' ? task.name : `${fullName(suite)} > ${task.name}`;
}

beforeEach((context) => {
  const { task } = context;
  const file = basename(task.file.name).replace(/\.test\.js$/, '');
  const gap = GAPS.filter(({ kind }) => kind === 'windows' || onWine).find((each) =>
    isAbout(each, file, fullName(task)),
  );
  if (gap !== undefined) context.skip(`${gap.kind}: ${gap.why}`);
});
