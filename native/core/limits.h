#pragma once
#include <cstddef>

#include "core/clock.h"

/// Every limit of the native core, with its unit and its reason.
namespace custody::core {

/// Threads that launch and read. A vfork-class call blocks its thread until the child's exec, so a second thread overlaps
/// starts; more gain nothing on two cores and cost tail latency (bench: throughput).
inline constexpr std::size_t kEngineThreads = 2;

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

/// How often a leader that owns the terminal is looked at for Ctrl+Z. There is no descriptor that tells of a stop.
inline constexpr Nanos kSuspendPoll = 50 * kNanosPerMilli;

/// Waits between looks at a group whose leader is gone: first, longest, and longest for what a policy keeps alive.
inline constexpr Nanos kMemberPollFirst = kNanosPerMilli / 4;
inline constexpr Nanos kMemberPollLongest = 10 * kNanosPerMilli;
inline constexpr Nanos kKeptPollLongest = 250 * kNanosPerMilli;

/// How long the end of a JavaScript environment may wait for its commands to be gone.
inline constexpr Nanos kTeardownBudget = 3'000 * kNanosPerMilli;

/// Names listed in a receipt; the counts stay exact.
inline constexpr std::size_t kNamedProcesses = 64;

}  // namespace custody::core
