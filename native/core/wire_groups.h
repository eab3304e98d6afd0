#pragma once
#include <atomic>
#include <cstdint>

/// The process groups of a host, in memory that it shares with its guardian. A launch tells the guardian of its group by stores
/// into a slot, which send no message and wake nobody; the guardian reads the table once the host is gone, and never before.
///
/// The host makes it as a memfd whose size is sealed, and gives a descriptor of it away once (wire.h, kGuardGroups). The layout
/// belongs to the version of wire.h. All zero is an empty table.
namespace custody::core::wire {

/// One launch, from before its leader exists until its group is known to be empty:
///
///   nobody's    `began_ns` is 0
///   launching   `began_ns` is set, the others are 0. The kernel stores `leader` before the leader's first instruction, so there
///               is no moment at which a leader lives and the table does not name it
///   running     all are set
///   hidden      `leader` is 0 again: before its number may be given away, or because a policy lets its members go
struct GroupSlot {
  /// CLOCK_BOOTTIME, by which the kernel dates processes.
  std::atomic<std::int64_t> began_ns;
  /// When the launch had returned. The leader started between the two; whoever has its pid and did not is somebody else.
  std::atomic<std::int64_t> returned_ns;
  /// The leader's pid, which is the group's number.
  std::atomic<std::int32_t> leader;
  std::int32_t reserved;
};

/// As many as Linux gives pids to unless it is told otherwise. What is launched while all are taken is launched untold.
inline constexpr std::uint32_t kGroupSlots = 32768;

struct GroupTable {
  /// No slot from here on was ever claimed.
  std::atomic<std::uint32_t> used;
  /// The host's own: where it looks for a free slot first.
  std::atomic<std::uint32_t> first_free;
  GroupSlot slots[kGroupSlots];
};

static_assert(std::atomic<std::int64_t>::is_always_lock_free && std::atomic<std::int32_t>::is_always_lock_free);
static_assert(sizeof(GroupSlot) == 24 && sizeof(GroupTable) == 8 + sizeof(GroupSlot) * kGroupSlots);

}  // namespace custody::core::wire
