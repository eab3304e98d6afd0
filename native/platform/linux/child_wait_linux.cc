#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/posix/child_wait.h"
#include "platform/posix/posix_error.h"

namespace custody::platform {

namespace {

double ToMillis(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1000.0 + static_cast<double>(time.tv_usec) / 1000.0;
}

}  // namespace

int WaitForChild(pid_t pid, siginfo_t* info, int options, core::Usage* used) {
  // As the kernel has it: the C library's wrapper has no place for the usage.
  rusage usage{};
  const int answer =
      RetryOnEintr([&] { return static_cast<int>(::syscall(SYS_waitid, P_PID, pid, info, options, &usage)); });
  if (answer == -1 || info->si_pid == 0 || used == nullptr) return answer;
  used->user_ms = ToMillis(usage.ru_utime);
  used->system_ms = ToMillis(usage.ru_stime);
  // Not ru_maxrss: until its exec a vfork child counts the host's pages as its own peak.
  return answer;
}

}  // namespace custody::platform
