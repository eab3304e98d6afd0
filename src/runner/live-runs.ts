/** Counts the runs whose processes may be alive. */
export interface LiveRuns {
  enter(): void;
  leave(): void;
  /** Nobody but listeners of our passive kind would hear a signal now: what becomes of the host is ours to decide. */
  decidesOnSignals(): boolean;
}
