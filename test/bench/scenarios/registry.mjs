// @ts-check
/** Every scenario, in the order of the report. */
import { scenario as burst } from './burst.mjs';
import { scenario as deadline } from './deadline.mjs';
import { scenario as exitLatency } from './exit-latency.mjs';
import { scenario as flood } from './flood.mjs';
import { scenario as hostDeath } from './host-death.mjs';
import { scenario as hostMemory } from './host-memory.mjs';
import { scenario as inUse } from './in-use.mjs';
import { scenario as lineLatency } from './line-latency.mjs';
import { scenario as loopDelay } from './loop-delay.mjs';
import { scenario as memory } from './memory.mjs';
import { scenario as pageFaults } from './page-faults.mjs';
import { scenario as startUp } from './start-up.mjs';
import { scenario as sync } from './sync.mjs';
import { scenario as throughput } from './throughput.mjs';

/** @type {readonly import('./scenario.d.ts').Scenario[]} */
export const scenarios = [
  throughput,
  inUse,
  hostMemory,
  loopDelay,
  burst,
  deadline,
  flood,
  sync,
  exitLatency,
  lineLatency,
  pageFaults,
  memory,
  startUp,
  hostDeath,
];
