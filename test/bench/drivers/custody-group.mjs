// @ts-check
/** custody with containment `group`: no shim between the host and its command. */
import { loadCustody } from './custody.mjs';

export const load = () => loadCustody({ containment: 'group' });
