#include "platform/posix/pinned_process.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "platform/darwin/signal_identity.h"

namespace custody::platform {

bool MembersCanBePinned() {
  static const bool answer = ReadProcess(::getpid()).start_time != 0;
  return answer;
}

bool SignalPinned(const ProcessEntry& entry, int number) {
  const ProcessEntry again = ReadProcess(entry.pid);
  if (again.group != entry.group || entry.start_time == 0) return false;
  return SignalIdentity(entry.pid, entry.start_time, number) == 0;
}

core::SurvivorReason WhyAlive(const ProcessEntry& member, bool was_killed) {
  if (!was_killed) return core::SurvivorReason::kUnknown;
  if (member.pid > 1 && ::kill(member.pid, 0) == -1 && errno == EPERM) return core::SurvivorReason::kPermission;
  return member.state == 'T' ? core::SurvivorReason::kFrozen : core::SurvivorReason::kDeadline;
}

// The system calls for one process do not find zombies here, so there is no cheaper way than the list of the group.
bool LeaderSeemsAlone(pid_t /*leader*/) { return false; }

}  // namespace custody::platform
