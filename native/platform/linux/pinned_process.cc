#include "platform/linux/pinned_process.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

namespace custody::platform {

namespace {

/// Whether the system lets us signal this process; true also when it is gone.
bool MaySignal(pid_t pid) {
  const OwnedHandle handle = OpenPidfd(pid);
  return ::syscall(SYS_pidfd_send_signal, handle.get(), 0, nullptr, 0U) == 0 || errno != EPERM;
}

}  // namespace

OwnedHandle OpenPidfd(pid_t pid) { return OwnedHandle(::syscall(SYS_pidfd_open, pid, 0U)); }

bool KernelHasPidfds() {
  constexpr pid_t kNobody = -1;
  return ::syscall(SYS_pidfd_open, kNobody, 0U) != -1 || errno == EINVAL;
}

bool MembersCanBePinned() {
  static const bool answer = ::access("/proc/self/stat", R_OK) == 0 && KernelHasPidfds();
  return answer;
}

bool SignalPinned(const ProcessEntry& entry, int number) {
  const OwnedHandle handle = OpenPidfd(entry.pid);
  if (!handle.is_valid()) return false;
  const ProcessEntry again = ReadProcess(entry.pid);
  if (again.group != entry.group || again.start_time != entry.start_time) return false;
  return ::syscall(SYS_pidfd_send_signal, handle.get(), number, nullptr, 0U) == 0;
}

core::SurvivorReason WhyAlive(const ProcessEntry& member, bool was_killed) {
  if (member.state == 'D') return core::SurvivorReason::kUninterruptible;
  if (!was_killed) return core::SurvivorReason::kUnknown;
  if (!MaySignal(member.pid)) return core::SurvivorReason::kPermission;
  return member.state == 'T' ? core::SurvivorReason::kFrozen : core::SurvivorReason::kDeadline;
}

// Two calls instead of a look at every process: the zombie is given the lowest priority; if the group's highest priority is
// then still that, nobody else is in it, or only members of that very priority.
// Source: Linux getpriority(2), PRIO_PGRP: the highest priority of any of the processes; a zombie counts.
bool LeaderSeemsAlone(pid_t leader) {
  constexpr int kLowestPriority = 19;
  const auto id = static_cast<id_t>(leader);
  return ::setpriority(PRIO_PROCESS, id, kLowestPriority) == 0 && ::getpriority(PRIO_PGRP, id) == kLowestPriority;
}

}  // namespace custody::platform
