/** Every limit of the fallback backend that no launch sets, with its unit and its reason. */

/** Bytes that `writeStdin` accepts beyond what the pipe took; bounds memory, not speed. */
export const STDIN_BUFFER_BYTES = 64 * 1024;

/** Output segments kept for arrival order. */
export const SEGMENT_LOG_ENTRIES = 4096;

/** Output of one stream within this span of an earlier segment extends it. */
export const SEGMENT_SPAN_MS = 1;

/** Waits between looks at a group whose leader is gone: first, longest, and longest for what is kept alive after settling. */
export const MEMBER_POLL_FIRST_MS = 1;
export const MEMBER_POLL_LONGEST_MS = 10;
export const KEPT_POLL_LONGEST_MS = 250;

/** Processes named in a receipt. */
export const NAMED_PROCESSES = 64;

/** How long `taskkill` may take before its answer is no longer waited for. */
export const TASKKILL_LIMIT_MS = 2000;

/** Pause between two looks while the thread is blocked on purpose. */
export const BLOCKED_POLL_MS = 2;

/** What a synchronous launch may take beyond all its own limits before its worker is given up. */
export const SYNC_MARGIN_MS = 10_000;
