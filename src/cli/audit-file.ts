/**
 * Where the audit store of a command is: what was typed, else `CUSTODY_AUDIT_DB`, else `.custody/audit.db` under the root. The root
 * is the nearest folder upwards that looks like one, so that runs in the folders of a project come together in one store.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What a folder has that is the root of something. */
const ROOT_MARKS = ['.custody', 'custody.yml', '.git'] as const;
const FILE_IN_ROOT = join('.custody', 'audit.db');

/** The file, absolute. `typed`: the value of `--audit-db`. */
export function auditFile(
  typed: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
  root?: string,
): string {
  const named = typed ?? environment['CUSTODY_AUDIT_DB'] ?? '';
  return resolve(folder, named === '' ? join(root ?? rootAbove(folder), FILE_IN_ROOT) : named);
}

/** The folder itself if there is none above it. */
function rootAbove(folder: string): string {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (ROOT_MARKS.some((mark) => existsSync(join(at, mark)))) return at;
    if (dirname(at) === at) return folder;
  }
}
