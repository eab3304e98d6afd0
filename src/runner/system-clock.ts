/** Time as this JavaScript environment has it. */
import { LoopTimer } from '../backend/loop-timer.js';
import type { Clock } from '../core/clock.js';

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(ms, call) {
    const timer = new LoopTimer({ timerDue: call }, undefined, true);
    timer.arm(performance.now() + ms);
    return timer;
  },
};
