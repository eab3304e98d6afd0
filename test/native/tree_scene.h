#pragma once
#include <stdlib.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>
#include <vector>

#include "child_process.h"
#include "container_scene.h"
#include "platform/posix/process_table.h"

namespace custody::testing {

/// The living children of a process, from its entry in /proc: an oracle of its own.
inline bool IsAlive(pid_t pid) {
  const auto process = platform::ReadProcess(pid);
  return process.pid != 0 && process.is_alive();
}

inline std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    std::from_chars(name.data(), name.data() + name.size(), pid);
    if (pid <= 0 || StatusOf(pid, "PPid") != std::to_string(parent)) continue;
    if (!StatusOf(pid, "State").starts_with('Z')) children.push_back(pid);
  }
  return children;
}

/// Guardians of this process.
inline std::vector<pid_t> Guardians() {
  std::vector<pid_t> found = ChildrenOf(::getpid());
  std::erase_if(found, [](pid_t pid) { return StatusOf(pid, "Name") != "custody-guard"; });
  return found;
}

/// The one guardian there is, 0 when there are none or several.
inline pid_t Guardian() {
  const std::vector<pid_t> all = Guardians();
  return all.size() == 1 ? all.front() : 0;
}

inline std::vector<pid_t> Shims() {
  const pid_t guardian = Guardian();
  return guardian == 0 ? std::vector<pid_t>() : ChildrenOf(guardian);
}

/// Kills a process that is not our child, after a second look at what it runs.
inline void EndStranger(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/exe";
  std::error_code unreadable;
  if (pid > 1 && std::filesystem::read_symlink(path, unreadable) == CUSTODY_PROBE_FILE) ::kill(pid, SIGKILL);
}

/// A workshop with the guardian of this build, or with another program in its place.
struct TreeWorkshop {
  explicit TreeWorkshop(const std::string& guardian_file = CUSTODY_GUARDIAN_FILE) {
    ::setenv("CUSTODY_GUARDIAN_FILE", guardian_file.c_str(), 1);
    workshop = std::make_unique<Workshop>();
    ::unsetenv("CUSTODY_GUARDIAN_FILE");
  }
  Workshop& operator*() { return *workshop; }

  std::unique_ptr<Workshop> workshop;
};

inline core::LaunchSpec TreeSpec(const std::vector<std::string>& arguments) {
  return SpecFor(arguments, core::ContainmentWish::kTree);
}

}  // namespace custody::testing
