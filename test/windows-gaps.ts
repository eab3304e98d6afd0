/**
 * What is not asked under Wine, each with its reason: the one list of skips of `npm run test:windows`.
 *
 * `windows`: there is no such thing on Windows. `wine`: Windows has it, and Wine shows it wrongly or not at all. A name is the
 * beginning of a test's full name without the backend; `backend` narrows it. An entry that skips nothing fails the run.
 */
export interface Gap {
  readonly file: string;
  readonly test: string;
  readonly backend?: 'native' | 'fallback';
  readonly kind: 'windows' | 'wine';
  readonly why: string;
}

/** Whether a gap is about a test; `name`: its suites and itself, joined by ' > '. */
export function isAbout(gap: Gap, file: string, name: string): boolean {
  const [, backend = '', test = name] = /^(?:'(native|fallback)' > )?(.*)$/s.exec(name) ?? [];
  return gap.file === file && test.startsWith(gap.test) && (gap.backend ?? backend) === backend;
}

/** Reasons that several tests share. */
const why = {
  signals: 'Windows has no signals',
  polite: 'CTRL_BREAK cannot be delivered under Wine (error 6 or 12), so nobody is asked to end',
  steps: 'the steps are named as on POSIX; platform/win32/stop.test.ts holds those of Windows',
  limits: 'Wine accepts the limits of a job and holds none',
  taskkill: "Wine's taskkill ignores /T, so the fallback cannot end a tree",
  permission: 'files have no permission to execute on Windows',
  line: 'a command line has at most 32 767 characters on Windows; platform/win32/launch.test.ts holds that',
  freeze: 'a process does not stop itself on Windows',
  holders: 'Windows does not tell who holds a pipe',
  required: 'every environment holds SystemRoot on Windows; platform/win32/launch.test.ts holds that',
  slow: 'Wine may take longer to start a process than the deadline of this test',
  posixShells: 'its lines are written for sh and bash; platform/win32/cmd.test.ts holds what is true of cmd.exe',
  condition:
    "Wine's cmd.exe runs what stands behind && and || whatever came before: `cmd /c exit 3 && echo yes` says yes",
  merged: 'node:child_process cannot pass one pipe twice on Windows; platform/win32/launch.test.ts holds the refusal',
  longPath: 'Wine starts no program whose path is longer than 260 characters',
} as const;

export const GAPS: readonly Gap[] = [
  { file: 'launch', test: 'passes arguments of 100 000 bytes', kind: 'windows', why: why.line },
  {
    file: 'launch',
    test: 'what the system refuses > reports an argument beyond',
    backend: 'fallback',
    kind: 'windows',
    why: why.line,
  },
  {
    file: 'launch',
    test: 'what the system refuses > reports arguments that are too long together',
    backend: 'fallback',
    kind: 'windows',
    why: why.line,
  },
  {
    file: 'launch',
    test: 'leads a process group of its own',
    kind: 'windows',
    why: 'there are no process groups on Windows',
  },
  { file: 'launch', test: 'finding the executable > passes over', kind: 'windows', why: why.permission },
  { file: 'launch', test: 'finding the executable > says that permission', kind: 'windows', why: why.permission },
  {
    file: 'launch',
    test: 'what the system refuses > reports a file without permission',
    kind: 'windows',
    why: why.permission,
  },
  {
    file: 'launch',
    test: 'what the system refuses > tells a missing interpreter',
    kind: 'windows',
    why: 'scripts have no interpreter line on Windows',
  },
  {
    file: 'launch',
    test: 'what the system refuses > reports a directory',
    backend: 'fallback',
    kind: 'windows',
    why: 'node:child_process tells of a directory as of a missing file on Windows',
  },
  { file: 'output', test: 'tail > gives the last lines', kind: 'wine', why: why.polite },
  { file: 'outcome', test: "tells 'SIG", kind: 'windows', why: why.signals },
  { file: 'outcome', test: 'reports an abort as its signal', kind: 'windows', why: why.signals },
  { file: 'outcome', test: 'reports the end by a signal', kind: 'windows', why: why.signals },
  { file: 'outcome', test: "with reject > gives 'a crash'", kind: 'windows', why: why.signals },
  {
    file: 'outcome',
    test: 'the rest of the result > tells the processor time',
    backend: 'native',
    kind: 'wine',
    why: 'Wine reports no processor time of a job',
  },
  {
    file: 'outcome',
    test: 'the rest of the result > tells the processor time',
    backend: 'fallback',
    kind: 'windows',
    why: 'the fallback knows no containment on Windows, and says leader',
  },
  {
    file: 'limits',
    test: 'a limit that is exceeded > { memoryBytes',
    backend: 'native',
    kind: 'wine',
    why: why.limits,
  },
  { file: 'limits', test: 'a limit that is exceeded > { cpuTimeMs', backend: 'native', kind: 'wine', why: why.limits },
  {
    file: 'limits',
    test: 'a limit that is exceeded > { maxProcesses',
    backend: 'native',
    kind: 'wine',
    why: why.limits,
  },
  { file: 'limits', test: 'a limit that is exceeded > is told by', backend: 'native', kind: 'wine', why: why.limits },
  { file: 'limits', test: 'a limit that is exceeded > is the cause', backend: 'native', kind: 'wine', why: why.limits },
  { file: 'limits', test: 'keeps an earlier cause', backend: 'native', kind: 'wine', why: why.limits },
  { file: 'limits', test: 'holds for everything of a runner', backend: 'native', kind: 'wine', why: why.limits },
  { file: 'limits', test: '', backend: 'fallback', kind: 'wine', why: why.taskkill },
  { file: 'stop', test: '', backend: 'fallback', kind: 'wine', why: why.taskkill },
  { file: 'stop-adversarial', test: '', backend: 'fallback', kind: 'wine', why: why.taskkill },
  { file: 'drain', test: '', backend: 'fallback', kind: 'wine', why: why.taskkill },
  { file: 'scope', test: '', backend: 'fallback', kind: 'wine', why: why.taskkill },
  { file: 'concurrency', test: '', backend: 'fallback', kind: 'wine', why: why.taskkill },
  { file: 'budget', test: '', backend: 'fallback', kind: 'wine', why: why.taskkill },
  {
    file: 'sync',
    test: 'guarantees > kills what ignores the request',
    backend: 'fallback',
    kind: 'wine',
    why: why.taskkill,
  },
  {
    file: 'sync',
    test: 'guarantees > settles although a grandchild',
    backend: 'fallback',
    kind: 'wine',
    why: why.taskkill,
  },
  { file: 'sync', test: 'guarantees > ends a background job', backend: 'fallback', kind: 'wine', why: why.taskkill },
  { file: 'host-exit', test: 'leaves nothing behind when the host ends by SIGHUP', kind: 'windows', why: why.signals },
  { file: 'roles', test: 'roles > are all used', kind: 'wine', why: 'only some of the tests are here; asked on Linux' },
  { file: 'launch', test: 'a launch > CMD-16: runs a program whose path', kind: 'wine', why: why.longPath },
  { file: 'host-exit', test: '', backend: 'fallback', kind: 'wine', why: why.taskkill },
  { file: 'worker', test: '', backend: 'fallback', kind: 'wine', why: why.taskkill },
  { file: 'abort', test: '', backend: 'fallback', kind: 'wine', why: why.taskkill },
  { file: 'state-matrix', test: '', backend: 'fallback', kind: 'wine', why: why.taskkill },
  { file: 'lines', test: 'stops the run when the loop is left', backend: 'fallback', kind: 'wine', why: why.taskkill },
  { file: 'stop', test: 'terminates politely', backend: 'native', kind: 'wine', why: why.polite },
  { file: 'stop', test: 'keeps a clean exit after a stop', backend: 'native', kind: 'wine', why: why.polite },
  { file: 'stop', test: 'keeps the exit code and the last words', backend: 'native', kind: 'wine', why: why.polite },
  { file: 'stop', test: 'reaches the whole group', backend: 'native', kind: 'wine', why: why.polite },
  { file: 'stop', test: 'kills after the grace period', backend: 'native', kind: 'windows', why: why.steps },
  { file: 'stop', test: 'kills at once when asked to', backend: 'native', kind: 'windows', why: why.steps },
  { file: 'stop', test: 'lets a kill harden a stop', backend: 'native', kind: 'windows', why: why.steps },
  { file: 'stop', test: 'reports a second stop', backend: 'native', kind: 'windows', why: why.steps },
  {
    file: 'budget',
    test: 'timeout > stops a run that takes too long',
    backend: 'native',
    kind: 'wine',
    why: why.polite,
  },
  { file: 'budget', test: 'timeout > is still a timeout', backend: 'native', kind: 'wine', why: why.polite },
  {
    file: 'budget',
    test: 'timeout > fires while the event loop is blocked',
    backend: 'native',
    kind: 'wine',
    why: why.polite,
  },
  {
    file: 'budget',
    test: 'idle timeout > stops a run that falls silent',
    backend: 'native',
    kind: 'wine',
    why: why.polite,
  },
  {
    file: 'budget',
    test: 'timeout > stops a child that has stopped itself',
    backend: 'native',
    kind: 'windows',
    why: why.freeze,
  },
  {
    file: 'stop-adversarial',
    test: 'ends a leader that is frozen',
    backend: 'native',
    kind: 'windows',
    why: why.freeze,
  },
  {
    file: 'stop-adversarial',
    test: 'reads what a child says while it ends',
    backend: 'native',
    kind: 'wine',
    why: why.polite,
  },
  {
    file: 'stop-adversarial',
    test: 'ends once under a storm of stops',
    backend: 'native',
    kind: 'windows',
    why: why.steps,
  },
  { file: 'stdin', test: 'stops a run whose input is blocked', kind: 'wine', why: why.polite },
  { file: 'env', test: 'is nothing but the given variables in mode replace', kind: 'windows', why: why.required },
  { file: 'env', test: 'is one per run, also side by side', kind: 'windows', why: why.required },
  { file: 'env', test: 'in a sync run > is made by the same rules', kind: 'windows', why: why.required },
  { file: 'validation', test: 'does not see changes made to the options', kind: 'windows', why: why.required },
  { file: 'sync', test: 'reports exit codes, signals and', kind: 'windows', why: why.signals },
  { file: 'sync', test: 'leaves runs of the event loop alone', kind: 'wine', why: why.polite },
  { file: 'sync', test: 'guarantees > holds its deadline', backend: 'fallback', kind: 'wine', why: why.slow },
  { file: 'abort', test: 'stops a running group', backend: 'native', kind: 'wine', why: why.polite },
  { file: 'host-exit', test: 'lets a host with a handler of its own', kind: 'windows', why: why.signals },
  {
    file: 'drain',
    test: 'stragglers: kill > kills a straggler that ignores',
    backend: 'native',
    kind: 'windows',
    why: why.steps,
  },
  { file: 'drain', test: 'stragglers: report > settles after the drain limit', kind: 'windows', why: why.holders },
  { file: 'shell', test: '', kind: 'windows', why: why.posixShells },
  { file: 'cmd', test: "a line of cmd.exe > 'native' > SHL-03: does not run", kind: 'wine', why: why.condition },
  { file: 'cmd', test: "a line of cmd.exe > 'fallback' > SHL-03: does not run", kind: 'wine', why: why.condition },
  {
    file: 'cmd',
    test: "a line of cmd.exe > 'fallback' > SHL-08: a deadline ends",
    kind: 'wine',
    why: why.taskkill,
  },
  {
    file: 'output-options',
    test: 'OUT-02: both streams in one > is in the exact order',
    backend: 'fallback',
    kind: 'windows',
    why: why.merged,
  },
  {
    file: 'output-options',
    test: 'OUT-02: both streams in one > tags merged lines',
    backend: 'fallback',
    kind: 'windows',
    why: why.merged,
  },
  { file: 'drain', test: 'stragglers: leave > gives up their pipe', kind: 'windows', why: why.holders },
];
