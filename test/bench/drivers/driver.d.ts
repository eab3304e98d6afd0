/** One way to run commands, as the scenarios see it. A driver leaves out what its library cannot do. */
export interface Driver {
  /** Runs a command with both outputs captured and no standard input; resolves when it is over. */
  run(file: string, args: readonly string[]): Promise<unknown>;
  /** The same with something of the library in use: `none`, `observer`, `secret`, `redaction`, `line handler`, `lines` or `all`. */
  runWith?(layer: string, file: string, args: readonly string[]): Promise<unknown>;
  /** Resolves as soon as the library tells that the command has ended. Default: {@link Driver.run}. */
  runUntilExit?(file: string, args: readonly string[]): Promise<unknown>;
  runSync?(file: string, args: readonly string[]): void;
  /** What the command wrote to its standard output until it ended by the timeout. */
  runWithTimeout?(file: string, args: readonly string[], timeoutMs: number): Promise<string>;
  /** Calls back for each piece of standard output as it comes; a piece is one line, or whatever the library gives. */
  eachLine?(file: string, args: readonly string[], onText: (text: string) => void): Promise<unknown>;
  /** Starts a command and gives a function that takes the new output without waiting, and one that ends it all. */
  startPolled?(file: string, args: readonly string[]): { take(): string; finished: Promise<unknown> };
  /** Runs a command and keeps only the last `keepBytes` of its output; resolves with the number of bytes it wrote. */
  drain?(file: string, args: readonly string[], keepBytes: number): Promise<number>;
  /** Starts a command that waits; resolves when it runs, with a function that ends it. */
  startWaiting?(file: string, args: readonly string[]): Promise<() => Promise<unknown>>;
}
