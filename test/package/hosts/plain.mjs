/** A host by itself. */
import { checkedRun } from './checked-run.mjs';

await checkedRun();
console.log('checked');
