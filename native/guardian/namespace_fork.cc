#include "guardian/namespace_fork.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

#include "guardian/kernel_calls.h"
#include "guardian/proc_files.h"

namespace custody::guardian {

namespace {

int WriteMap(pid_t child, const char* file, unsigned own, bool all) {
  constexpr unsigned kAllIds = 4294967295U;
  char text[64];
  if (all) {
    std::snprintf(text, sizeof text, "0 0 %u\n", kAllIds);
  } else {
    std::snprintf(text, sizeof text, "%u %u 1\n", own, own);
  }
  return WriteSmallFile(AT_FDCWD, ProcPath(child, file).text(), text);
}

/// Returns: 0 or errno.
int MapIds(pid_t child) {
  const bool is_root = ::geteuid() == 0;
  if (is_root && WriteMap(child, "/uid_map", 0, true) == 0) return WriteMap(child, "/gid_map", 0, true);
  // Without privileges a group map is taken only once groups cannot be changed any more.
  int error = WriteSmallFile(AT_FDCWD, ProcPath(child, "/setgroups").text(), "deny");
  if (error == 0) error = WriteMap(child, "/uid_map", ::geteuid(), false);
  if (error == 0) error = WriteMap(child, "/gid_map", ::getegid(), false);
  return error;
}

}  // namespace

pid_t ForkIntoNamespace() {
  std::array<int, 2> gate{-1, -1};
  if (::pipe2(gate.data(), O_CLOEXEC) == -1) return -1;
  const auto pid = static_cast<pid_t>(
      ::syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (pid == 0) {
    // Without its ids this process is nobody, and nothing may run as nobody.
    ::close(gate[1]);
    char ready = 0;
    const ssize_t count = RetryOnEintr([&] { return ::read(gate[0], &ready, 1); });
    ::close(gate[0]);
    if (count != 1) ::_exit(1);
    return 0;
  }
  int error = pid == -1 ? errno : MapIds(pid);
  ::close(gate[0]);
  if (pid != -1 && error == 0 && RetryOnEintr([&] { return ::write(gate[1], "+", 1); }) != 1) error = EPIPE;
  ::close(gate[1]);
  if (pid == -1 || error == 0) {
    errno = error;
    return pid;
  }
  ::kill(pid, SIGKILL);
  RetryOnEintr([&] { return ::waitpid(pid, nullptr, __WALL); });
  errno = error;
  return -1;
}

}  // namespace custody::guardian
