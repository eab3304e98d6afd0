/**
 * What a command sees of the process it runs in: read once by the composition root, passed to every command.
 */
import type { Colors } from './render/colors.js';

/** Where help and messages go. */
export interface TextSinks {
  out(text: string): void;
  err(text: string): void;
}

/** What is known of the place that one of the sinks writes to. Asking opens nothing. */
export interface Screen {
  readonly isTTY: boolean;
  /** Characters of a line; `undefined` where there is no terminal, so nothing has to fit. */
  readonly columns: number | undefined;
  /** Functions that colour text, or leave it alone where no colours are wanted. */
  readonly colors: Colors;
}

/** Where output goes, and what it looks like there. */
export interface Sinks extends TextSinks {
  readonly outScreen: Screen;
  readonly errScreen: Screen;
  /** Passes output on. Resolves when it has been taken; `false`: whoever was to read it is gone. */
  relay(stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<boolean>;
}

/** The surroundings of a command. */
export interface CliHost {
  readonly sinks: Sinks;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The version of this package. */
  readonly version: string;
  /** As `process.platform`. */
  readonly platform: NodeJS.Platform;
  /** The folder of this package. */
  readonly packageFolder: string;
}
