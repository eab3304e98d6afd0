#include <dlfcn.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "platform/handle.h"
#include "platform/host.h"
#include "platform/linux/guardian_file.h"
#include "platform/posix/posix_error.h"
#include "platform/posix/process_table.h"

namespace custody::platform {

namespace {

#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

/// The kernel has the call if it refuses these arguments with anything but "no such call".
bool Knows(long result) { return result != -1 || (errno != ENOSYS && errno != EPERM); }

/// Source : Linux namespaces(7), /proc/sys/user; unprivileged_userns_clone is Debian's and Ubuntu's.
bool MayMakeUserNamespaces() {
  const auto reads_zero = [](const char* path) {
    const OwnedHandle file(RetryOnEintr([&] { return ::open(path, O_RDONLY | O_CLOEXEC); }));
    char first = 0;
    return file.is_valid() && ::read(static_cast<int>(file.get()), &first, 1) == 1 && first == '0';
  };
  const bool is_switched_off = ::geteuid() != 0 && reads_zero("/proc/sys/kernel/unprivileged_userns_clone");
  return ::access("/proc/self/ns/user", F_OK) == 0 && !reads_zero("/proc/sys/user/max_user_namespaces") &&
         !is_switched_off;
}

bool HasPidfd() {
  const OwnedHandle handle(::syscall(SYS_pidfd_open, ::getpid(), 0U));
  return handle.is_valid();
}

/// In the order of core::ResourceLimit.
constexpr core::LimitSupports kTreeLimits{{
    {core::LimitReach::kTree, "the shim adds up resident memory, looking every 100 ms"},
    {core::LimitReach::kTree, "the shim adds up CPU time, looking every 100 ms; RLIMIT_CPU for each process"},
    {core::LimitReach::kTree, "the shim counts processes, looking every 100 ms"},
    {core::LimitReach::kProcess, "RLIMIT_NOFILE"},
    {core::LimitReach::kProcess, "RLIMIT_FSIZE"},
}};
constexpr core::LimitSupports kGroupLimits{{
    {core::LimitReach::kNone, "nobody watches a group"},
    {core::LimitReach::kProcess, "RLIMIT_CPU, in whole seconds"},
    {core::LimitReach::kNone, "nobody watches a group"},
    {core::LimitReach::kProcess, "RLIMIT_NOFILE"},
    {core::LimitReach::kProcess, "RLIMIT_FSIZE"},
}};

}  // namespace

core::Capabilities QueryCapabilities() {
  core::Capabilities out;
  const bool has_guardian = ::access(GuardianFile().c_str(), R_OK) == 0;
  const bool lists_children = ::access("/proc/self/task", R_OK) == 0;
  const bool has_tree = has_guardian && lists_children;
  const bool has_namespaces = MayMakeUserNamespaces();
  const char* const without_tree = has_guardian ? "/proc cannot be read" : "custody-guardian is not beside the addon";
  const char* const without_strict = has_tree ? "user namespaces are switched off" : without_tree;
  out.containment = {{
      {"tree", has_tree, has_tree ? "guardian, and a subreaper for each command" : without_tree, true, "nothing",
       kTreeLimits},
      {"strict", has_tree && has_namespaces,
       has_tree && has_namespaces ? "user and pid namespace; made with the command, which may still be refused"
                                  : without_strict,
       true, "nothing", kTreeLimits},
      {"group", true, "process group; a process that calls setsid or setpgid leaves it", false,
       has_tree ? "escaped" : "all", kGroupLimits},
      {"none", true, "detached: a session of its own, ended by nobody", false, "all", kGroupLimits},
  }};
  out.default_containment = has_tree ? "tree" : "group";
  out.cleanup = has_tree ? "confirmed" : "confirmed-group-only";
  const bool has_close_range = Knows(::syscall(SYS_close_range, UINT_MAX, 0U, 0U));
  const bool has_pwait2 = Knows(::syscall(SYS_epoll_pwait2, -1, nullptr, 0, nullptr, nullptr, 0));
  out.features = {
      {"clone3", Knows(::syscall(SYS_clone3, nullptr, 0))},
      {"pidfd", HasPidfd()},
      {"closeRange", has_close_range},
      {"epollPwait2", has_pwait2},
      {"procfs", ReadProcess(::getpid()).pid != 0},
      {"spawnAddChdir", ::dlsym(RTLD_DEFAULT, "posix_spawn_file_actions_addchdir_np") != nullptr},
  };
  return out;
}

std::string CopyHostEnvironment() {
  std::size_t size = 0;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) size += std::strlen(*entry) + 1;
  std::string block;
  block.reserve(size);
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) block.append(*entry).push_back('\0');
  return block;
}

}  // namespace custody::platform
