#include "guardian/cgroup_leaf.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "guardian/growable_array.h"
#include "guardian/kernel_calls.h"
#include "guardian/launch_leader.h"
#include "guardian/monotonic.h"
#include "guardian/proc_files.h"

namespace custody::guardian {

namespace {

constexpr char kLeafFormat[] = "custody-%d-";
/// A killed process is gone within this, unless something is wrong with the cgroup.
constexpr core::Nanos kProbeBudget = 500 * core::kNanosPerMilli;

bool IsPopulated(int folder) {
  char text[128];
  const Descriptor file(RetryOnEintr([&] { return ::openat(folder, "cgroup.events", O_RDONLY | O_CLOEXEC); }));
  if (!file.is_valid()) return false;
  const ssize_t count = RetryOnEintr([&] { return ::read(file.get(), text, sizeof text - 1); });
  if (count <= 0) return true;
  text[count] = '\0';
  return std::strstr(text, "populated 0") == nullptr;
}

/// Reads a file of any length, ended by NUL.
bool ReadWhole(const char* path, GrowableArray<char>& into) {
  const Descriptor file(RetryOnEintr([&] { return ::open(path, O_RDONLY | O_CLOEXEC); }));
  if (!file.is_valid()) return false;
  constexpr std::size_t kStep = 4096;
  for (std::size_t length = 0;;) {
    if (!into.Resize(length + kStep)) return false;
    const ssize_t count = RetryOnEintr([&] { return ::read(file.get(), into.data() + length, kStep - 1); });
    if (count < 0) return false;
    length += static_cast<std::size_t>(count);
    into[length] = '\0';
    if (count == 0) return true;
  }
}

/// Ends the line that starts at `line` and returns the next one.
char* CutLine(char* line) {
  char* const end = std::strchr(line, '\n');
  if (end == nullptr) return line + std::strlen(line);
  *end = '\0';
  return end + 1;
}

/// The path of our cgroup in the unified hierarchy. Source: Linux cgroups(7), /proc/pid/cgroup: "0::/path".
char* OwnPath(GrowableArray<char>& text) {
  if (!ReadWhole("/proc/self/cgroup", text)) return nullptr;
  for (char* line = text.data(); *line != '\0';) {
    char* const next = CutLine(line);
    if (std::strncmp(line, "0::", 3) == 0) return line + 3;
    line = next;
  }
  return nullptr;
}

/// Where a cgroup2 file system is mounted, and which of its folders is its root there.
/// Source: Linux proc(5), mountinfo: id, parent, device, root, mount point, ... " - " type.
bool FindMount(GrowableArray<char>& text, char*& root, char*& point) {
  if (!ReadWhole("/proc/self/mountinfo", text)) return false;
  for (char* line = text.data(); *line != '\0';) {
    char* const next = CutLine(line);
    if (std::strstr(line, " - cgroup2 ") != nullptr) {
      char* place = nullptr;
      char* field = ::strtok_r(line, " ", &place);
      for (int skipped = 0; skipped < 3 && field != nullptr; ++skipped) field = ::strtok_r(nullptr, " ", &place);
      root = field;
      point = ::strtok_r(nullptr, " ", &place);
      if (root != nullptr && point != nullptr) return true;
    }
    line = next;
  }
  return false;
}

}  // namespace

int OpenOwnCgroup() {
  GrowableArray<char> own_text;
  GrowableArray<char> mount_text;
  char* root = nullptr;
  char* point = nullptr;
  char* path = OwnPath(own_text);
  if (path == nullptr || !FindMount(mount_text, root, point)) {
    errno = ENOENT;
    return -1;
  }
  const std::size_t root_length = std::strcmp(root, "/") == 0 ? 0 : std::strlen(root);
  if (std::strncmp(path, root, root_length) != 0) {
    errno = EXDEV;
    return -1;
  }
  GrowableArray<char> folder;
  const std::size_t capacity = std::strlen(point) + std::strlen(path) + 2;
  if (!folder.Resize(capacity)) return -1;
  std::snprintf(folder.data(), capacity, "%s%s", point, path + root_length);
  return RetryOnEintr([&] { return ::open(folder.data(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
}

int CgroupLeaf::Make(int base, pid_t pid, std::uint32_t number) {
  const int length = std::snprintf(name_, sizeof name_, kLeafFormat, static_cast<int>(pid));
  std::snprintf(name_ + length, sizeof name_ - static_cast<std::size_t>(length), "%u", number);
  if (::mkdirat(base, name_, 0755) == -1) return errno;
  base_ = base;
  folder_ = RetryOnEintr([&] { return ::openat(base, name_, O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (folder_ != -1) return 0;
  const int error = errno;
  ::unlinkat(base, name_, AT_REMOVEDIR);
  return error;
}

void CgroupLeaf::Apply(const core::wire::Limits& limits) {
  if (limits.memory_bytes == core::wire::kNoLimit) return;
  char text[32];
  std::snprintf(text, sizeof text, "%llu", static_cast<unsigned long long>(limits.memory_bytes));
  bounds_memory_ = WriteSmallFile(folder_, "memory.max", text) == 0;
  // Ended as a whole: a command that lost one process to the limit is not worth much.
  if (bounds_memory_) WriteSmallFile(folder_, "memory.oom.group", "1");
}

core::LimitBreach CgroupLeaf::MemoryBreach(const core::wire::Limits& limits) const {
  if (!bounds_memory_) return {};
  char text[512];
  if (ReadSmallFileAt(folder_, "memory.events", text, sizeof text) <= 0) return {};
  const char* const kills = std::strstr(text, "oom_kill ");
  if (kills == nullptr || std::strtoull(kills + std::strlen("oom_kill "), nullptr, 10) == 0) return {};
  // memory.peak exists since Linux 5.19. Without it: what was wanted beyond the limit was refused, so this much was used.
  std::uint64_t peak = 0;
  if (ReadSmallFileAt(folder_, "memory.peak", text, sizeof text) > 0) peak = std::strtoull(text, nullptr, 10);
  return {core::ResourceLimit::kMemoryBytes, std::max<std::uint64_t>(peak, limits.memory_bytes), limits.memory_bytes};
}

int CgroupLeaf::Kill() { return WriteSmallFile(folder_, "cgroup.kill", "1"); }

bool CgroupLeaf::IsEmpty() const { return !IsPopulated(folder_); }

void CgroupLeaf::Remove() {
  if (folder_ == -1) return;
  ::close(folder_);
  folder_ = -1;
  bounds_memory_ = false;
  ::unlinkat(base_, name_, AT_REMOVEDIR);
}

int ProbeCgroup(int base, const char** step) {
  CgroupLeaf leaf;
  *step = "leaf";
  if (const int error = leaf.Make(base, ::getpid(), 0); error != 0) return error;
  *step = "clone";
  const pid_t pid = ForkIntoCgroup(leaf.folder(), false);
  if (pid == -1) return errno;
  if (pid == 0) {
    for (;;) ::pause();
  }
  *step = "kill";
  const int error = leaf.Kill();
  if (error != 0) ::kill(pid, SIGKILL);
  RetryOnEintr([&] { return ::waitpid(pid, nullptr, __WALL); });
  if (error != 0) return error;
  *step = "events";
  for (const core::Instant limit = Now() + kProbeBudget; !leaf.IsEmpty();) {
    if (Now() > limit) return ETIMEDOUT;
    SleepFor(core::kNanosPerMilli / 10);
  }
  *step = "";
  return 0;
}

void RemoveLeavesOf(int base, pid_t shim) {
  char prefix[32];
  const int length = std::snprintf(prefix, sizeof prefix, kLeafFormat, static_cast<int>(shim));
  const int folder = RetryOnEintr([&] { return ::openat(base, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (folder == -1) return;
  DIR* const entries = ::fdopendir(folder);
  if (entries == nullptr) {
    ::close(folder);
    return;
  }
  while (const dirent* entry = ::readdir(entries)) {
    if (std::strncmp(entry->d_name, prefix, static_cast<std::size_t>(length)) != 0) continue;
    const Descriptor leaf(::openat(base, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (leaf.is_valid()) WriteSmallFile(leaf.get(), "cgroup.kill", "1");
    ::unlinkat(base, entry->d_name, AT_REMOVEDIR);
  }
  ::closedir(entries);
}

}  // namespace custody::guardian
