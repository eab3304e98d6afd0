#include "guardian/host_watch.h"

#include <poll.h>
#include <unistd.h>

#include "guardian/kernel_calls.h"
#include "guardian/proc_files.h"

namespace custody::guardian {

HostWatch::HostWatch(pid_t pid, int pidfd) : pid_(pid), pidfd_(pidfd) {
  ProcessStat stat;
  if (pidfd_ == -1 && ReadStat(pid_, stat)) start_time_ = stat.start_time;
}

bool HostWatch::IsGone() const {
  if (pidfd_ != -1) {
    pollfd wanted{pidfd_, POLLIN, 0};
    return RetryOnEintr([&] { return ::poll(&wanted, 1, 0); }) > 0;
  }
  ProcessStat stat;
  if (!ReadStat(pid_, stat)) return IsGoneByErrno();
  return (start_time_ != 0 && stat.start_time != start_time_) || stat.is_dead();
}

void HostWatch::Close() {
  if (pidfd_ != -1) ::close(pidfd_);
  pidfd_ = -1;
}

}  // namespace custody::guardian
