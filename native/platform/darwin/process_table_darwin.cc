#include <libproc.h>
#include <unistd.h>

#include <cstring>
#include <unordered_set>

#include "core/limits.h"
#include "platform/darwin/process_identity.h"
#include "platform/posix/process_table.h"

namespace custody::platform {

namespace {

/// The pids of all processes of a kind; empty when the list cannot be had. May have been outgrown meanwhile.
std::vector<pid_t> ListPids(std::uint32_t kind, std::uint32_t which) {
  // Room for those that start between the two calls.
  constexpr int kSlack = 64;
  const int estimate = ::proc_listpids(kind, which, nullptr, 0);
  if (estimate <= 0) return {};
  std::vector<pid_t> pids(static_cast<std::size_t>(estimate) / sizeof(pid_t) + kSlack);
  const int bytes = ::proc_listpids(kind, which, pids.data(), static_cast<int>(pids.size() * sizeof(pid_t)));
  pids.resize(bytes <= 0 ? 0 : static_cast<std::size_t>(bytes) / sizeof(pid_t));
  return pids;
}

bool HoldsPipe(pid_t pid, std::uint64_t pipe) {
  const int estimate = ::proc_pidinfo(pid, PROC_PIDLISTFDS, 0, nullptr, 0);
  if (estimate <= 0) return false;
  std::vector<proc_fdinfo> descriptors(static_cast<std::size_t>(estimate) / sizeof(proc_fdinfo) + 1);
  const int bytes = ::proc_pidinfo(pid, PROC_PIDLISTFDS, 0, descriptors.data(),
                                   static_cast<int>(descriptors.size() * sizeof(proc_fdinfo)));
  if (bytes <= 0) return false;
  descriptors.resize(static_cast<std::size_t>(bytes) / sizeof(proc_fdinfo));
  for (const proc_fdinfo& descriptor : descriptors) {
    pipe_fdinfo info{};
    if (descriptor.proc_fdtype != PROX_FDTYPE_PIPE) continue;
    const int read = ::proc_pidfdinfo(pid, descriptor.proc_fd, PROC_PIDFDPIPEINFO, &info, sizeof info);
    if (read == static_cast<int>(sizeof info) && info.pipeinfo.pipe_handle == pipe) return true;
  }
  return false;
}

}  // namespace

ProcessEntry ReadProcess(pid_t pid) {
  proc_bsdshortinfo info{};
  if (!ReadShortInfo(pid, info)) return {};
  ProcessEntry entry;
  entry.pid = pid;
  entry.group = static_cast<pid_t>(info.pbsi_pgid);
  entry.state = StateLetter(info.pbsi_status);
  entry.name.assign(info.pbsi_comm, ::strnlen(info.pbsi_comm, sizeof info.pbsi_comm));
  ProcessIdentity identity{};
  if (ReadIdentity(pid, identity, ZombiesToo::kYes)) entry.start_time = identity.unique_id;
  return entry;
}

GroupMembers FindGroupMembers(pid_t group) {
  // A member may fork and exit between two looks. Every pid of a list that has no new ones was read while it lived.
  constexpr int kMostListings = 64;
  GroupMembers members;
  std::unordered_set<pid_t> seen;
  bool found_new = true;
  for (int listing = 0; found_new; ++listing) {
    if (listing == kMostListings) {
      members.readable = false;  // grows faster than it can be looked at
      return members;
    }
    found_new = false;
    // The kernel picks the members. Source: XNU bsd/kern/proc_info.c, proc_listpids.
    for (const pid_t pid : ListPids(PROC_PGRP_ONLY, static_cast<std::uint32_t>(group))) {
      if (pid <= 1 || !seen.insert(pid).second) continue;
      found_new = true;
      ProcessEntry entry = ReadProcess(pid);
      if (entry.pid == group) {
        members.leader_exists = true;
      } else if (entry.pid != 0 && entry.group == group && entry.is_alive()) {
        members.living.push_back(std::move(entry));
      }
    }
  }
  // An empty list may be a refused one; who cannot see itself sees nothing.
  members.readable = ReadProcess(::getpid()).pid != 0;
  // A leader that left its group, or whose number was given away, is not in the list.
  if (!members.leader_exists) members.leader_exists = ReadProcess(group).pid != 0;
  return members;
}

std::vector<core::NamedProcess> ProcessesHoldingPipe(int reading_end) {
  std::vector<core::NamedProcess> holders;
  pipe_fdinfo ours{};
  const pid_t self = ::getpid();
  const int read = ::proc_pidfdinfo(self, reading_end, PROC_PIDFDPIPEINFO, &ours, sizeof ours);
  if (read != static_cast<int>(sizeof ours)) return holders;
  // Each end has a name of its own, and knows that of the other.
  for (const pid_t pid : ListPids(PROC_ALL_PIDS, 0)) {
    if (pid <= 1 || pid == self || !HoldsPipe(pid, ours.pipeinfo.pipe_peerhandle)) continue;
    const ProcessEntry entry = ReadProcess(pid);
    if (entry.pid != 0) holders.push_back({entry.pid, entry.name, entry.state});
    if (holders.size() >= core::kNamedProcesses) break;
  }
  return holders;
}

}  // namespace custody::platform
