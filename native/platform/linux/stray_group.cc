#include "platform/linux/stray_group.h"

#include <poll.h>

#include "platform/linux/pinned_process.h"

namespace custody::platform {

bool StrayGroup::IsLeaderAlive() const {
  if (!leader_handle_.is_valid()) return false;
  pollfd ended{static_cast<int>(leader_handle_.get()), POLLIN, 0};
  return ::poll(&ended, 1, 0) == 0;
}

std::vector<ProcessEntry> StrayGroup::Living() const {
  if (leader_ <= 1) return {};
  const bool leader_lives = IsLeaderAlive();
  GroupMembers members = FindGroupMembers(leader_);
  if (!members.readable || (members.leader_exists && !leader_lives)) return {};
  if (!leader_lives) return std::move(members.living);
  ProcessEntry leader = ReadProcess(leader_);
  if (IsLeaderAlive() && leader.is_alive()) members.living.push_back(std::move(leader));
  return std::move(members.living);
}

bool StrayGroup::Signal(int number) const {
  bool sent = false;
  for (const ProcessEntry& member : Living()) sent = SignalPinned(member, number) || sent;
  return sent;
}

}  // namespace custody::platform
