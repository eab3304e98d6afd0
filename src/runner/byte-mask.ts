import type { MaskedStream } from '../core/redactor.js';
import type { Run } from './run.js';

/** Takes the secrets out of one stream of bytes; `undefined` where bytes are shown as the command wrote them. */
export function byteMaskOf({ invocation, redactor }: Run): MaskedStream | undefined {
  return invocation.redact?.inBytes === true ? redactor?.byteStream() : undefined;
}
