#include "guardian/member_table.h"

namespace custody::guardian {

std::size_t MemberTable::SlotOf(pid_t pid) const {
  // Knuth's multiplicative hash: pids come in rows.
  constexpr std::uint32_t kGoldenRatio = 2654435761U;
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = (static_cast<std::uint32_t>(pid) * kGoldenRatio >> 7) & mask;
  while (index_[slot] != 0 && members_[index_[slot] - 1].pid != pid) slot = (slot + 1) & mask;
  return slot;
}

std::size_t MemberTable::Find(pid_t pid) const {
  if (index_.is_empty()) return kNone;
  const std::uint32_t found = index_[SlotOf(pid)];
  return found == 0 ? kNone : found - 1;
}

bool MemberTable::GrowIndex() {
  constexpr std::size_t kFirstSlots = 1024;
  const std::size_t slots = index_.is_empty() ? kFirstSlots : index_.size() * 2;
  if (!index_.Resize(slots)) return false;
  for (std::size_t i = 0; i < slots; ++i) index_[i] = 0;
  for (std::size_t i = 0; i < members_.size(); ++i) index_[SlotOf(members_[i].pid)] = static_cast<std::uint32_t>(i + 1);
  return true;
}

bool MemberTable::Put(const Member& member) {
  if (const std::size_t known = Find(member.pid); known != kNone) {
    members_[known] = member;
    return true;
  }
  if ((members_.size() + 1) * 2 > index_.size() && !GrowIndex()) return false;
  if (!members_.Push(member)) return false;
  index_[SlotOf(member.pid)] = static_cast<std::uint32_t>(members_.size());
  return true;
}

void MemberTable::Release() {
  members_.Release();
  index_.Release();
}

}  // namespace custody::guardian
