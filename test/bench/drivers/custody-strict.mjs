// @ts-check
/** custody with containment `strict`: each command is the first of a pid namespace. */
import { loadCustody } from './custody.mjs';

export const load = () => loadCustody({ containment: 'strict' });
