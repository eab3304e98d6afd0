/** Time and chance for `retry`, passed in so that tests decide about both. */
export interface RetryClock {
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Resolves after `ms` milliseconds, or as soon as the signal aborts; never rejects. */
  readonly wait: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** The clock of the host. */
export const HOST_CLOCK: RetryClock = {
  nowMs: () => performance.now(),
  random: () => Math.random(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener('abort', end);
    }),
};
