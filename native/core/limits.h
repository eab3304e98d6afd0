#pragma once
#include <cstddef>

#include "core/clock.h"

/// Every limit of the native core, with its unit and its reason.
namespace custody::core {

/// Threads that launch and read. A vfork-class call blocks its thread until the child's exec, so a second thread overlaps
/// starts; more gain nothing on two cores and cost tail latency (bench: throughput).
inline constexpr std::size_t kEngineThreads = 2;

/// Starts of one thread that may be in progress at once. Each is a process that forks; more of them than processors only
/// make each other late (bench: throughput, p99). Commands that run are not counted, however long they run.
inline constexpr std::size_t kStartsPerLane = 3;
/// How old what /proc/self/status says of the host may be: its umask, for guarded commands, and which signals it handles or
/// ignores, for groups. Reading it costs as much as a fifth of a short command.
inline constexpr Nanos kHostStatusAge = 20 * kNanosPerMilli;

/// Idle shims that a thread keeps for its next commands: as many as can be starting, and some for commands that ended
/// together. Each is a process of some 30 KiB.
inline constexpr std::size_t kIdleShimsPerLane = 4;
/// Shims that one launch tries when those it is given turn out to be dead: the idle ones of a thread and some new ones.
inline constexpr int kShimTries = 8;
/// How long a shim may take to answer a look at its tree. A process that was stopped from outside answers nothing.
inline constexpr Nanos kShimAnswerLimit = 1'000 * kNanosPerMilli;

/// How long a message to a shim waits before it is tried again, when the system has no memory for it just now.
inline constexpr Nanos kShortagePause = 2 * kNanosPerMilli;
/// How often the word that lets go of a tree is tried, by a thread that waits meanwhile.
inline constexpr int kLastWordTries = 10;

/// How old the news may be that a guardian stands behind the groups of a thread. Asking costs some system calls, which a launch
/// in a group does without.
inline constexpr Nanos kGuardianAge = 20 * kNanosPerMilli;
/// A guardian that ends this often within that time before it was of any use is not started again.
inline constexpr std::size_t kGuardianFailures = 3;
inline constexpr Nanos kGuardianFailureSpan = 10'000 * kNanosPerMilli;
/// How long the end of an engine waits for its guardian, which has nothing left to do, so that no zombie stays. It takes a
/// millisecond; on a machine that is busy for others it was seen to take a hundred.
inline constexpr Nanos kGuardianEndLimit = 1'000 * kNanosPerMilli;

/// Bytes taken from one stream per wake-up before the other runs of the thread get a turn.
inline constexpr std::size_t kReadBudgetBytes = std::size_t{4} << 20;

/// First allocation for the head of a stream, and how much larger each next one is. Most commands print less than a page, and
/// a block that the allocator gives back to the system costs every thread of the host a TLB flush.
inline constexpr std::size_t kFirstHeadBytes = std::size_t{4} << 10;
inline constexpr std::size_t kHeadGrowth = 8;

/// A stream that has produced this much is a flood; its pipe is enlarged. Not for all: the per-user pipe budget is limited.
inline constexpr std::size_t kFloodBytes = std::size_t{256} << 10;
/// Size of an enlarged pipe. At 64 KiB a pipe reads at a third of the rate (bench: output).
inline constexpr std::size_t kFloodPipeBytes = std::size_t{1} << 20;

/// Bytes that `writeStdin` accepts beyond what the pipe took; bounds memory, not speed.
inline constexpr std::size_t kStdinBufferBytes = std::size_t{64} << 10;

/// Output segments kept for arrival order. 24 bytes each.
inline constexpr std::size_t kSegmentLogEntries = 4096;
/// Output of one stream within this span of an earlier segment extends it.
inline constexpr Nanos kSegmentSpan = kNanosPerMilli;

/// How long urgent news may wait at most while commands are queued for their start: JavaScript has given enough to do, so it
/// need not be woken for each end. Measured by test/bench (throughput, main thread per command).
inline constexpr Nanos kBusyDelay = 8 * kNanosPerMilli;

/// How long the news of a start may wait for other news, so that a short command costs one wake-up of the event loop.
inline constexpr Nanos kStartedDelay = 5 * kNanosPerMilli;

/// How often a thread that waits in `waitSync` looks whether a signal came to another thread.
inline constexpr Nanos kLookForSignals = 50 * kNanosPerMilli;

/// How often a leader that owns the terminal is looked at for Ctrl+Z. There is no descriptor that tells of a stop.
inline constexpr Nanos kSuspendPoll = 50 * kNanosPerMilli;

/// Waits between looks at a group whose leader is gone: first, longest, and longest for what a policy keeps alive.
inline constexpr Nanos kMemberPollFirst = kNanosPerMilli / 4;
inline constexpr Nanos kMemberPollLongest = 10 * kNanosPerMilli;
inline constexpr Nanos kKeptPollLongest = 250 * kNanosPerMilli;

/// How often a tree with a limit on memory, processes or CPU time is looked at: first (a command that eats fast is caught
/// early), and at most, which bounds what it can take beyond its limit. Measured: 20 us and some 10 us per process.
inline constexpr Nanos kLimitLookFirst = 10 * kNanosPerMilli;
inline constexpr Nanos kLimitLookPeriod = 100 * kNanosPerMilli;
/// Of a processor, looks take at most one part in so many: a tree of thousands is looked at less often.
inline constexpr Nanos kLimitLookShare = 10;

/// How long the end of a JavaScript environment may wait for its commands to be gone.
inline constexpr Nanos kTeardownBudget = 3'000 * kNanosPerMilli;

/// Names listed in a receipt; the counts stay exact.
inline constexpr std::size_t kNamedProcesses = 64;

}  // namespace custody::core
