/** The reason of an abort as text: what was given if it is text or an error, else a standard phrase. Never throws. */
export function reasonText(reason: unknown): string {
  try {
    if (typeof reason === 'string' && reason !== '') return reason;
    if (typeof reason === 'object' && reason !== null) {
      const { message } = reason as { message?: unknown };
      if (typeof message === 'string' && message !== '') return message;
    }
  } catch {
    // A getter of the caller's threw; its run is stopped all the same.
  }
  return 'aborted';
}
