// @ts-check
/** custody with its default containment and a cgroup for each command. */
import { loadCustody } from './custody.mjs';

export function load() {
  process.env['CUSTODY_CGROUP'] = 'on';
  return loadCustody({ containment: 'tree' });
}
