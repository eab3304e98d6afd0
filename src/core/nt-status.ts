/**
 * What Windows reports as the exit code of a process that an exception ended: an NTSTATUS of severity "error".
 *
 * Exit codes of other systems end at 255, so a code alone tells. Source: [MS-ERREF] 2.3.
 */

const FIRST_ERROR = 0xc000_0000;
const FIRST_CUSTOMER_CODE = 0xd000_0000;

/** Those that processes really end with. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0xc000_0005, 'STATUS_ACCESS_VIOLATION'],
  [0xc000_0006, 'STATUS_IN_PAGE_ERROR'],
  [0xc000_0008, 'STATUS_INVALID_HANDLE'],
  [0xc000_0017, 'STATUS_NO_MEMORY'],
  [0xc000_001d, 'STATUS_ILLEGAL_INSTRUCTION'],
  [0xc000_0025, 'STATUS_NONCONTINUABLE_EXCEPTION'],
  [0xc000_0026, 'STATUS_INVALID_DISPOSITION'],
  [0xc000_0043, 'STATUS_SHARING_VIOLATION'],
  [0xc000_007b, 'STATUS_INVALID_IMAGE_FORMAT'],
  [0xc000_008c, 'STATUS_ARRAY_BOUNDS_EXCEEDED'],
  [0xc000_008d, 'STATUS_FLOAT_DENORMAL_OPERAND'],
  [0xc000_008e, 'STATUS_FLOAT_DIVIDE_BY_ZERO'],
  [0xc000_0090, 'STATUS_FLOAT_INVALID_OPERATION'],
  [0xc000_0094, 'STATUS_INTEGER_DIVIDE_BY_ZERO'],
  [0xc000_0095, 'STATUS_INTEGER_OVERFLOW'],
  [0xc000_0096, 'STATUS_PRIVILEGED_INSTRUCTION'],
  [0xc000_00fd, 'STATUS_STACK_OVERFLOW'],
  [0xc000_012d, 'STATUS_COMMITMENT_LIMIT'],
  [0xc000_0135, 'STATUS_DLL_NOT_FOUND'],
  [0xc000_0138, 'STATUS_ORDINAL_NOT_FOUND'],
  [0xc000_0139, 'STATUS_ENTRYPOINT_NOT_FOUND'],
  [0xc000_013a, 'STATUS_CONTROL_C_EXIT'],
  [0xc000_0142, 'STATUS_DLL_INIT_FAILED'],
  [0xc000_0374, 'STATUS_HEAP_CORRUPTION'],
  [0xc000_0409, 'STATUS_STACK_BUFFER_OVERRUN'],
  [0xc000_0417, 'STATUS_INVALID_CRUNTIME_PARAMETER'],
  [0xc000_0420, 'STATUS_ASSERTION_FAILURE'],
]);

/** The name of the exception that ended a process with this exit code, or its number; `undefined` when none did. */
export function exceptionName(exitCode: number): string | undefined {
  if (exitCode < FIRST_ERROR || exitCode >= FIRST_CUSTOMER_CODE) return undefined;
  return NAMES.get(exitCode) ?? `0x${exitCode.toString(16).toUpperCase()}`;
}
