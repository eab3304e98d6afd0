#include "guardian/darwin/process_list.h"

#include <libproc.h>

#include "platform/darwin/process_identity.h"

namespace custody::guardian {

bool ProcessList::Read() {
  // Room for those that start between the two calls.
  constexpr std::size_t kSlack = 64;
  const int estimate = ::proc_listpids(PROC_ALL_PIDS, 0, nullptr, 0);
  if (estimate <= 0 || !pids_.Resize(static_cast<std::size_t>(estimate) / sizeof(pid_t) + kSlack)) return false;
  const int bytes = ::proc_listpids(PROC_ALL_PIDS, 0, pids_.data(), static_cast<int>(pids_.size() * sizeof(pid_t)));
  if (bytes <= 0 || !pids_.Resize(static_cast<std::size_t>(bytes) / sizeof(pid_t))) return false;
  rows_.Clear();
  for (const pid_t pid : pids_) {
    platform::ProcessIdentity identity{};
    if (pid <= 1) continue;
    const bool is_alive = platform::ReadIdentity(pid, identity, platform::ZombiesToo::kNo);
    if (!is_alive && !platform::ReadIdentity(pid, identity, platform::ZombiesToo::kYes)) continue;
    if (!rows_.Push({pid, identity.unique_id, identity.parent_unique_id, !is_alive})) return false;
  }
  return true;
}

}  // namespace custody::guardian
