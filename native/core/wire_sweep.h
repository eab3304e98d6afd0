#pragma once
#include <cstdint>

#include "core/wire.h"

/// Messages between the engine and the guardian on macOS, which has no subreapers and so no shims: the host starts a leader
/// itself, and the guardian follows who descends from it.
///
/// There is no SOCK_SEQPACKET there (macOS unix(4)), so these are streams; each message begins with wire.h's header, whose
/// length cuts the stream. The host makes one socket pair per run and gives the other end away:
///
///   host --kOpenRun {fd: the guardian's end}--> guardian     on the control socket
///   guardian --kOpened--> host                               on the run's; from here on the host may close its copy
///   host --kWatch, kSignal, kKill, kProbe--> guardian --kMembers--> host
///
/// End of file at the guardian means: the host let go, or is gone. The guardian then kills who is left of the run. `kLetGo` is
/// the one exception. It also waits for the end of the host's process itself: a fork without exec anywhere in the host keeps
/// copies of the sockets open.
namespace custody::core::wire {

enum class SweepMessage : std::uint16_t {
  kOpenRun = 128,  ///< SweepCommand; descriptor: the guardian's end
  kOpened,         ///< SweepCommand
  kWatch,          ///< Watch
  kSignal,         ///< Signal: to every member that is known
  kKill,           ///< SweepCommand: stop, kill and look again until nobody is left, whatever else comes
  kProbe,          ///< SweepCommand: answer kMembers now
  kLetGo,          ///< SweepCommand: members outlive guardian and host
  kMembers,        ///< Members: answers kProbe; during a kill every kSurvivorPeriod and when nobody is left
};

struct SweepCommand {
  Header header;
};

struct Watch {
  Header header;
  std::int64_t pid;
  /// The kernel's unique id of the leader.
  std::uint64_t unique_id;
};

struct Members {
  Header header;
  /// Nobody who was ever seen is left. Not a proof: see guardian/lineage.h.
  std::uint32_t empty;
  std::uint32_t is_killing;
  /// Members found in all; at most kNamedProcesses of them are told.
  std::uint32_t member_count;
  std::uint32_t record_count;
  ProcessRecord records[kNamedProcesses];
};

static_assert(sizeof(SweepCommand) == 16 && sizeof(Watch) == 32);
static_assert(sizeof(Members) == 32 + kNamedProcesses * sizeof(ProcessRecord));

}  // namespace custody::core::wire
