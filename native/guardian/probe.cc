#include "guardian/probe.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "guardian/cgroup_leaf.h"
#include "guardian/growable_array.h"
#include "guardian/kernel_calls.h"
#include "guardian/namespace_fork.h"
#include "guardian/proc_files.h"

namespace custody::guardian {

namespace {

void Print(const char* name, const char* value) { std::printf("%s=%s\n", name, value); }

/// "ok", or the name of an error as the system calls it.
/// Source: glibc 2.32 release notes, strerrorname_np; other libraries say it in words.
const char* NameOf(int error) {
  struct Known {
    int number;
    const char* name;
  };
  constexpr std::array<Known, 15> kKnown{{{EPERM, "EPERM"},
                                          {ENOENT, "ENOENT"},
                                          {EACCES, "EACCES"},
                                          {ENOSYS, "ENOSYS"},
                                          {EINVAL, "EINVAL"},
                                          {EROFS, "EROFS"},
                                          {ENOSPC, "ENOSPC"},
                                          {EUSERS, "EUSERS"},
                                          {EAGAIN, "EAGAIN"},
                                          {ENOMEM, "ENOMEM"},
                                          {EBUSY, "EBUSY"},
                                          {EXDEV, "EXDEV"},
                                          {EMFILE, "EMFILE"},
                                          {EOPNOTSUPP, "EOPNOTSUPP"},
                                          {ETIMEDOUT, "ETIMEDOUT"}}};
  if (error == 0) return "ok";
  for (const Known& known : kKnown) {
    if (known.number == error) return known.name;
  }
  return "other";
}

void ProbeCgroups() {
  const Descriptor base(OpenOwnCgroup());
  if (!base.is_valid()) {
    Print("cgroup", NameOf(errno));
    return Print("cgroup_controllers", "");
  }
  const char* step = "";
  const int error = ProbeCgroup(base.get(), &step);
  if (error == 0) {
    Print("cgroup", "ok");
  } else {
    std::printf("cgroup=%s %s\n", NameOf(error), step);
  }
  char controllers[256] = "";
  const Descriptor file(::openat(base.get(), "cgroup.subtree_control", O_RDONLY | O_CLOEXEC));
  if (file.is_valid()) {
    const ssize_t count = RetryOnEintr([&] { return ::read(file.get(), controllers, sizeof controllers - 1); });
    controllers[count > 0 ? count : 0] = '\0';
    controllers[std::strcspn(controllers, "\n")] = '\0';
  }
  Print("cgroup_controllers", controllers);
}

int ProbeNamespace() {
  const pid_t pid = ForkIntoNamespace();
  if (pid == 0) ::_exit(::getpid() == 1 ? 0 : 1);
  if (pid == -1) return errno;
  int status = 0;
  RetryOnEintr([&] { return ::waitpid(pid, &status, __WALL); });
  return status == 0 ? 0 : EINVAL;
}

}  // namespace

int PrintProbe() {
  Print("subreaper", NameOf(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 ? 0 : errno));
  const Descriptor pidfd(PidfdOpen(::getpid()));
  Print("pidfd", NameOf(pidfd.is_valid() ? 0 : errno));
  GrowableArray<pid_t> children;
  Print("children_file", NameOf(AddChildren(0, children) ? 0 : errno));
  ProbeCgroups();
  Print("namespace", NameOf(ProbeNamespace()));
  return 0;
}

}  // namespace custody::guardian
