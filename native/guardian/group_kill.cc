#include "guardian/group_kill.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>

#include "guardian/descendant_walk.h"
#include "guardian/kernel_calls.h"
#include "guardian/proc_files.h"

namespace custody::guardian {

namespace {

using core::Nanos;
using core::wire::GroupSlot;
using core::wire::GroupTable;

constexpr Nanos kFirstRest = core::kNanosPerMilli;
constexpr Nanos kLongestRest = 50 * core::kNanosPerMilli;

/// The clock by which the kernel dates the start of processes, and the host its launches.
Nanos BootNow() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<Nanos>(now.tv_sec) * core::kNanosPerSecond + now.tv_nsec;
}

/// /proc counts in ticks, rounded down; one more on each side costs nothing and allows for clocks that are read differently.
bool StartedBetween(const ProcessStat& stat, Nanos first, Nanos last) {
  const Nanos tick = core::kNanosPerSecond / ::sysconf(_SC_CLK_TCK);
  const auto started = static_cast<Nanos>(stat.start_time);
  return started >= first / tick - 1 && started <= last / tick + 1;
}

bool Exists(pid_t pid) { return ::kill(pid, 0) == 0 || errno != ESRCH; }

}  // namespace

bool GroupKill::Hold(int memory) {
  const Descriptor file(memory);
  struct stat info {};
  const int seals = ::fcntl(file.get(), F_GET_SEALS);
  // Of a size that stays as it is: a look beyond its end would end this process.
  const bool is_sealed = seals != -1 && (seals & F_SEAL_SHRINK) != 0;
  if (table_ != nullptr || !is_sealed || ::fstat(file.get(), &info) == -1 || info.st_size != sizeof(GroupTable)) {
    return false;
  }
  void* const shared = ::mmap(nullptr, sizeof(GroupTable), PROT_READ, MAP_SHARED, file.get(), 0);
  if (shared == MAP_FAILED) return false;
  table_ = static_cast<const GroupTable*>(shared);
  return true;
}

void GroupKill::Release() {
  if (table_ != nullptr) ::munmap(const_cast<GroupTable*>(table_), sizeof *table_);
  table_ = nullptr;
  wake_at_ = core::kNever;
}

void GroupKill::Begin(core::Instant now) {
  if (table_ == nullptr) return;
  began_at_ = now;
  boot_began_ns_ = BootNow();
  wake_at_ = now;
  pause_ = kFirstRest;
}

void GroupKill::Step(core::Instant now) {
  if (now < wake_at_) return;
  bool is_unfinished = false;
  const std::uint32_t used = std::min(table_->used.load(std::memory_order_acquire), core::wire::kGroupSlots);
  for (std::uint32_t i = 0; i < used; ++i) is_unfinished = End(table_->slots[i]) || is_unfinished;
  if (!is_unfinished || now - began_at_ > kLimit) return Release();
  wake_at_ = now + pause_;
  pause_ = std::min(pause_ * 2, kLongestRest);
}

bool GroupKill::End(const GroupSlot& slot) const {
  const Nanos began = slot.began_ns.load(std::memory_order_acquire);
  const Nanos returned = slot.returned_ns.load(std::memory_order_acquire);
  const pid_t leader = slot.leader.load(std::memory_order_acquire);
  if (began == 0) return false;
  if (leader == 0) return returned == 0;
  // 1 and below address init, this group or everybody.
  if (leader <= 1 || leader == ::getpid() || leader == ::getpgrp()) return false;
  ProcessStat stat;
  const bool is_seen = ReadStat(leader, stat);
  if (!is_seen && Exists(leader)) return true;
  const Nanos last = returned == 0 ? boot_began_ns_ : returned;
  if (is_seen && (!StartedBetween(stat, began, last) || ::getsid(leader) != ::getsid(0))) return false;
  const bool had_members = ::kill(-leader, SIGKILL) == 0;
  // A leader may not be in its group yet, or not any more. One that was just about to make the group is looked at again.
  const bool had_leader = is_seen && !stat.is_dead() && SignalPinned(stat, SIGKILL) == 0;
  return had_leader && !had_members;
}

}  // namespace custody::guardian
