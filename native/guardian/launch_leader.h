#pragma once
#include <sys/types.h>

#include <array>

#include "core/wire.h"
#include "guardian/datagram.h"

namespace custody::guardian {

/// What a leader is started with. Descriptors stay the caller's.
struct LeaderOrder {
  LaunchText text;
  std::array<int, 3> stdio{-1, -1, -1};
  int terminal = -1;
  core::wire::Limits limits{};
  /// Folder of the cgroup leaf to be born in; -1: none.
  int cgroup = -1;
  /// core::wire::kNoUmask: the guardian's.
  std::uint32_t umask = core::wire::kNoUmask;
  /// core::wire::kNoAccount: the guardian's.
  std::uint32_t user = core::wire::kNoAccount;
  std::uint32_t group = core::wire::kNoAccount;
};

struct LeaderStart {
  /// -1: not started, see `error`.
  pid_t pid = -1;
  int error = 0;
  core::wire::StartStage stage = core::wire::StartStage::kFork;
};

/// Starts a leader in a group of its own and returns after its exec. One that never became the command is collected here.
LeaderStart LaunchLeader(const LeaderOrder& order);

/// fork(2), with the child born in the cgroup of this folder. `waits`: returns after the child's exec or end.
///
/// Memory is copied, not shared: clone3 has no wrapper in the C library that would move the child to another stack. The copy
/// of a process this small costs some tens of microseconds. Source: Linux clone3(2), CLONE_INTO_CGROUP since 5.7.
pid_t ForkIntoCgroup(int cgroup, bool waits);

}  // namespace custody::guardian
