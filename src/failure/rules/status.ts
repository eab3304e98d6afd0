/** What the exit status says by itself: fatal signals first, conventions last. */
import { quote } from '../evidence-view.js';
import type { FailureEvidence } from '../evidence.js';
import type { FailureCertainty } from '../failure.js';
import type { FailureRule, RuleFinding } from '../rule.js';
import type { FailureSubcode } from '../subcodes.js';

const SHELL_SIGNAL_BASE = 128;
const OUT_OF_MEMORY_EXIT = 137;

const FATAL_SIGNALS: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGSYS']);
/** Numbers that are the same on Linux and macOS, as shells add them to 128. */
const SIGNAL_NUMBERS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

/** NTSTATUS values with which Windows ends a process, as unsigned 32-bit numbers. */
const NTSTATUS: Readonly<Record<number, FailureSubcode>> = {
  0xc0000005: 'native_exception', // access violation
  0xc000001d: 'native_exception', // illegal instruction
  0xc0000094: 'native_exception', // integer division by zero
  0xc00000fd: 'native_exception', // stack overflow
  0xc0000374: 'native_exception', // heap corruption
  0xc0000409: 'native_exception', // stack buffer overrun, also abort()
  0xc0000420: 'native_exception', // assertion
  0x80000003: 'native_exception', // breakpoint
  0xc0000017: 'out_of_memory',
  0xc000012d: 'out_of_memory', // commitment limit
  0xc0000022: 'permission_denied',
  0xc0000135: 'missing_library', // DLL not found
  0xc0000139: 'missing_library', // entry point not found
  0xc0000142: 'missing_library', // DLL could not be initialised
  0xc000007b: 'exec_format', // invalid image format
  0xc000013a: 'killed_by_signal', // Ctrl+C
};

/** What tools promise of their exit codes, in any language. */
const TOOL_EXIT_CODES: Readonly<Record<string, Readonly<Record<number, FailureSubcode>>>> = {
  curl: {
    2: 'usage',
    5: 'proxy',
    6: 'dns',
    7: 'connection_refused',
    28: 'network_timeout',
    35: 'tls',
    52: 'connection_lost',
    56: 'connection_lost',
    60: 'tls',
    67: 'credentials_rejected',
  },
  timeout: { 124: 'run_timeout' },
  wget: { 2: 'usage', 4: 'connection_refused', 5: 'tls', 6: 'credentials_rejected' },
};

/** Crashes that leave nothing to interpret. Abort and kill do: both may mean that memory ran out. */
const crashRule: FailureRule = {
  name: 'status:crash',
  examine: ({ evidence }) => {
    const { signal, outOfMemory, killedByUs } = evidence;
    if (outOfMemory === true && killedByUs !== true) return found(evidence, 'out_of_memory', 'certain');
    if (signal === 'SIGXFSZ') return found(evidence, 'file_size_limit', 'certain');
    if (signal === 'SIGXCPU') return found(evidence, 'cpu_time_limit', 'certain');
    if (typeof signal === 'string' && FATAL_SIGNALS.has(signal)) return found(evidence, 'fatal_signal', 'certain');
    const subcode = NTSTATUS[(evidence.exitCode ?? 0) >>> 0];
    return subcode === undefined ? undefined : found(evidence, subcode, 'certain');
  },
};

/** Other signals: only once no line explains them. */
const signalRule: FailureRule = {
  name: 'status:signal',
  examine: ({ evidence }) => {
    const { signal, killedByUs } = evidence;
    if (typeof signal !== 'string') return undefined;
    if (signal === 'SIGKILL' && killedByUs !== true) return found(evidence, 'out_of_memory', 'suspected');
    return found(evidence, signal === 'SIGABRT' ? 'fatal_signal' : 'killed_by_signal', 'certain');
  },
};

/** Exit codes by which shells tell of what they could not run, or of how it died. */
const conventionRule: FailureRule = {
  name: 'status:convention',
  examine: ({ evidence, tool }) => {
    const { exitCode, killedByUs } = evidence;
    if (typeof exitCode !== 'number') return undefined;
    const ofTool = TOOL_EXIT_CODES[tool]?.[exitCode];
    if (ofTool !== undefined) return found(evidence, ofTool, 'likely');
    if (exitCode === 126) return found(evidence, 'missing_exec_bit', 'suspected');
    if (exitCode === 127 || exitCode === 9009) return found(evidence, 'executable_not_found', 'suspected');
    if (exitCode === OUT_OF_MEMORY_EXIT) {
      return found(evidence, killedByUs === true ? 'killed_by_signal' : 'out_of_memory', 'suspected');
    }
    const signal = SIGNAL_NUMBERS[exitCode - SHELL_SIGNAL_BASE];
    if (signal === undefined) return undefined;
    const isFatal = FATAL_SIGNALS.has(signal) || signal === 'SIGABRT';
    return found(evidence, isFatal ? 'fatal_signal' : 'killed_by_signal', 'suspected', `${signal} of a child`);
  },
};

/** It ran and said no, and nothing says that the environment is to blame. */
const nonZeroRule: FailureRule = {
  name: 'status:non-zero',
  examine: ({ evidence }) => {
    const { exitCode } = evidence;
    const ran = typeof exitCode === 'number' && exitCode !== -1 && exitCode !== 0;
    return ran || evidence.errorCode === 'NON_ZERO_EXIT' ? found(evidence, 'non_zero_exit', 'likely') : undefined;
  },
};

function found(
  { exitCode, signal, outOfMemory }: FailureEvidence,
  subcode: FailureSubcode,
  certainty: FailureCertainty,
  meaning?: string,
): RuleFinding {
  const status = typeof signal === 'string' ? `signal ${signal}` : `exit code ${exitCode ?? 'unknown'}`;
  const text = [status, meaning, outOfMemory === true ? 'the kernel ran out of memory' : undefined];
  return { subcode, certainty, evidence: [quote('status', text.filter((part) => part !== undefined).join(', '))] };
}

export const CRASH_RULES: readonly FailureRule[] = [crashRule];
/** After all text. */
export const STATUS_RULES: readonly FailureRule[] = [signalRule, conventionRule, nonZeroRule];
