/** What a handle adds to a run while it goes on; it is told after the run itself and dropped when the run has settled. */
export interface RunAttachment {
  /** There is a launch, or another one because the first failed: what was asked for before must be asked for again. */
  launched?(): void;
  /** New ends of the streams, which are absolute positions. */
  output?(stdoutEnd: number, stderrEnd: number): void;
  stdinWritable?(): void;
  suspended?(): void;
  settled?(): void;
}

export const NO_ATTACHMENTS: readonly RunAttachment[] = [];
