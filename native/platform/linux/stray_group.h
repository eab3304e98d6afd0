#pragma once
#include <sys/types.h>

#include <vector>

#include "platform/handle.h"
#include "platform/posix/process_table.h"

namespace custody::platform {

/// What is left to look at when the shim of a run and its guardian are both gone: the leader and its group.
///
/// Whoever had left the group is out of sight, so a look that finds nobody confirms nothing. The leader is not our child: a
/// pidfd tells whether its pid, which is the group's number, is still its own. Once it is dead the members keep the number
/// from being given away, and a process whose pid is the number proves that none is left.
class StrayGroup {
 public:
  /// `leader` 0: it was never named, so there is nobody to look for.
  StrayGroup(pid_t leader, OwnedHandle leader_handle) : leader_(leader), leader_handle_(std::move(leader_handle)) {}

  std::vector<ProcessEntry> Living() const;
  /// Signals each of them through a pidfd. Returns whether any took the signal.
  bool Signal(int number) const;

 private:
  bool IsLeaderAlive() const;

  pid_t leader_;
  OwnedHandle leader_handle_;
};

}  // namespace custody::platform
