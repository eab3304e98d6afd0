/**
 * A copy of the output in a file, as an option and as a report.
 */

/** Where output is copied to. */
export interface TeeOptions {
  /**
   * Path of the file, against the directory of the host. A named pipe or a socket is refused (`ENOTSUP`, or `ENXIO` where
   * nobody reads it), because a copy that waits for its reader could keep the result waiting for ever.
   */
  readonly file: string;
  /** Bytes after which nothing more is written, 1 to 9 007 199 254 740 991. @defaultValue 1 GiB */
  readonly maxBytes?: number | undefined;
  /** `true`: behind what is there; `false`: in its place. @defaultValue `false` */
  readonly append?: boolean | undefined;
  /** @defaultValue both, in the order of arrival */
  readonly stream?: 'stdout' | 'stderr' | undefined;
}

/** The options with their defaults. */
export interface Tee {
  readonly file: string;
  readonly maxBytes: number;
  readonly append: boolean;
  readonly stream: 'stdout' | 'stderr' | undefined;
}

/** What became of the copy. */
export interface TeeReport {
  readonly file: string;
  readonly writtenBytes: number;
  /** Bytes that are not in the file: beyond `maxBytes`, or after an error. */
  readonly droppedBytes: number;
  /** Why writing ended before the output did, such as `ENOSPC`; `null` if it did not. */
  readonly errno: string | null;
}
