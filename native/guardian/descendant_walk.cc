#include "guardian/descendant_walk.h"

#include <csignal>
#include <cstring>

#include "guardian/kernel_calls.h"

namespace custody::guardian {

DescendantWalk::DescendantWalk(const TreeOwner& owner) : owner_(owner) { AddChildren(0, queue_); }

bool DescendantWalk::WasSeen(std::size_t index) const {
  for (std::size_t i = 0; i < index; ++i) {
    if (queue_[i] == queue_[index]) return true;
  }
  return false;
}

bool DescendantWalk::Next(ProcessStat& into) {
  while (at_ < queue_.size()) {
    const std::size_t index = at_++;
    const pid_t pid = queue_[index];
    if (WasSeen(index) || owner_.Exempts(pid) || !ReadStat(pid, into) || into.is_dead()) continue;
    AddChildren(pid, queue_);
    return true;
  }
  return false;
}

core::SurvivorReason ReasonOf(const ProcessStat& stat) {
  if (stat.is_stopped()) return core::SurvivorReason::kFrozen;
  // A frozen process shows as uninterruptible or as asleep; the place where it waits tells them apart.
  // Source: Linux kernel/freezer.c __refrigerator, kernel/signal.c do_freezer_trap. Test: guardian_test.cc.
  char place[64];
  if (ReadSmallFile(ProcPath(stat.pid, "/wchan").text(), place, sizeof place) > 0 &&
      (std::strstr(place, "refrigerator") != nullptr || std::strstr(place, "freezer") != nullptr)) {
    return core::SurvivorReason::kFrozen;
  }
  return stat.state == 'D' ? core::SurvivorReason::kUninterruptible : core::SurvivorReason::kDeadline;
}

core::wire::ProcessRecord RecordOf(const ProcessStat& stat, core::SurvivorReason why) {
  core::wire::ProcessRecord record{};
  record.pid = stat.pid;
  record.state = stat.state;
  record.why = static_cast<std::uint8_t>(why);
  std::memcpy(record.name, stat.name, sizeof record.name);
  return record;
}

int SignalPinned(const ProcessStat& stat, int number) {
  const Descriptor pidfd(PidfdOpen(stat.pid));
  if (!pidfd.is_valid() && errno == ESRCH) return ESRCH;
  ProcessStat again;
  if (!ReadStat(stat.pid, again)) return IsGoneByErrno() ? ESRCH : errno;
  if (again.start_time != stat.start_time) return ESRCH;
  // Without pidfds, or without a descriptor for one: the process was there a moment ago, and below this process its pid
  // is given away only after one of ours reaped it.
  const int sent = pidfd.is_valid() ? PidfdSignal(pidfd.get(), number)
                                    : (stat.pid > 1 ? ::kill(stat.pid, number) : (errno = ESRCH, -1));
  return sent == 0 ? 0 : errno;
}

}  // namespace custody::guardian
