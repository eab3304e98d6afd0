#include <dlfcn.h>
#include <linux/close_range.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "platform/handle.h"
#include "platform/host.h"
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

bool HasPidfd() {
  const OwnedHandle handle(::syscall(SYS_pidfd_open, ::getpid(), 0U));
  return handle.is_valid();
}

}  // namespace

core::Capabilities QueryCapabilities() {
  core::Capabilities out;
  out.containment = {{
      {"tree", false, "needs the guardian process, which this version does not have", false, "nothing"},
      {"strict", false, "needs the guardian process, which this version does not have", false, "nothing"},
      {"group", true, "process group; a process that calls setsid or setpgid leaves it", false, "all"},
      {"none", false, "this version does not start detached commands", false, "all"},
  }};
  out.default_containment = "group";
  out.cleanup = "confirmed-group-only";
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
