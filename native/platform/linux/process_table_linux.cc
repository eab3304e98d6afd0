#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_set>

#include "core/limits.h"
#include "platform/handle.h"
#include "platform/posix/posix_error.h"
#include "platform/posix/process_table.h"

namespace custody::platform {

namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

/// The pid a directory of /proc stands for, 0 for any other entry.
pid_t PidOf(const dirent& entry) {
  if (entry.d_name[0] < '1' || entry.d_name[0] > '9') return 0;
  return static_cast<pid_t>(std::strtol(entry.d_name, nullptr, 10));
}

/// Parses /proc/PID/stat. The name may hold spaces and brackets, so fields are counted from the last bracket.
/// Source: Linux proc(5), /proc/pid/stat.
ProcessEntry ParseStat(std::string_view text) {
  ProcessEntry entry;
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close + 2 >= text.size()) return entry;
  int group = 0;
  unsigned long long start_time = 0;
  char state = '?';
  const int matched = std::sscanf(text.data() + close + 2,
                                  "%c %*d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
                                  &state, &group, &start_time);
  if (matched != 3) return entry;
  entry.pid = static_cast<pid_t>(std::strtol(text.data(), nullptr, 10));
  entry.group = static_cast<pid_t>(group);
  entry.state = state;
  entry.start_time = start_time;
  entry.name.assign(text.substr(open + 1, close - open - 1));
  return entry;
}

}  // namespace

ProcessEntry ReadProcess(pid_t pid) {
  std::array<char, 32> path{};
  std::snprintf(path.data(), path.size(), "/proc/%d/stat", static_cast<int>(pid));
  const OwnedHandle file(RetryOnEintr([&] { return ::open(path.data(), O_RDONLY | O_CLOEXEC); }));
  if (!file.is_valid()) return {};
  std::array<char, 1024> text{};
  const ssize_t count =
      RetryOnEintr([&] { return ::read(static_cast<int>(file.get()), text.data(), text.size() - 1); });
  if (count <= 0) return {};
  return ParseStat({text.data(), static_cast<std::size_t>(count)});
}

GroupMembers FindGroupMembers(pid_t group) {
  // One pass is not enough: a member that forks and exits is gone when its entry is read, and the child may stand at a
  // place of the listing that was already passed. Every pid of a listing that has no new pids was read while it lived.
  constexpr int kMostListings = 64;
  GroupMembers members;
  std::unordered_set<pid_t> seen;
  bool found_new = true;
  for (int listing = 0; found_new; ++listing) {
    const Directory proc(::opendir("/proc"));
    if (!proc || listing == kMostListings) {
      members.readable = false;  // cannot be looked at, or grows faster than it can be looked at
      return members;
    }
    found_new = false;
    while (const dirent* item = ::readdir(proc.get())) {
      const pid_t pid = PidOf(*item);
      if (pid == 0 || !seen.insert(pid).second) continue;
      found_new = true;
      ProcessEntry entry = ReadProcess(pid);
      if (entry.pid == 0) continue;
      members.readable = true;
      if (entry.pid == group) {
        members.leader_exists = true;
      } else if (entry.group == group && entry.is_alive()) {
        members.living.push_back(std::move(entry));
      }
    }
  }
  return members;
}

std::vector<core::NamedProcess> ProcessesHoldingPipe(int reading_end) {
  std::vector<core::NamedProcess> holders;
  struct stat pipe {};
  if (::fstat(reading_end, &pipe) == -1) return holders;
  std::array<char, 48> wanted{};
  const int wanted_length =
      std::snprintf(wanted.data(), wanted.size(), "pipe:[%llu]", static_cast<unsigned long long>(pipe.st_ino));
  const Directory proc(::opendir("/proc"));
  if (!proc) return holders;
  const pid_t self = ::getpid();
  while (const dirent* item = ::readdir(proc.get())) {
    const pid_t pid = PidOf(*item);
    if (pid == 0 || pid == self) continue;
    const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
    const Directory descriptors(::opendir(folder.c_str()));
    if (!descriptors) continue;
    while (const dirent* descriptor = ::readdir(descriptors.get())) {
      std::array<char, 64> target{};
      const ssize_t length =
          ::readlinkat(::dirfd(descriptors.get()), descriptor->d_name, target.data(), target.size() - 1);
      if (length != wanted_length || std::memcmp(target.data(), wanted.data(), static_cast<std::size_t>(length)) != 0) {
        continue;
      }
      const ProcessEntry entry = ReadProcess(pid);
      if (entry.pid != 0) holders.push_back({entry.pid, entry.name, entry.state});
      break;
    }
    if (holders.size() >= core::kNamedProcesses) break;
  }
  return holders;
}

}  // namespace custody::platform
