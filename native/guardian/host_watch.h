#pragma once
#include <sys/types.h>

#include "core/clock.h"

namespace custody::guardian {

/// Tells whether the host is still there. By a pidfd, which its owner polls; where the kernel has none, by looking at the
/// host's entry in /proc from time to time.
class HostWatch {
 public:
  /// How often the host is looked at where there is no pidfd.
  static constexpr core::Nanos kLookPeriod = 50 * core::kNanosPerMilli;

  HostWatch(pid_t pid, int pidfd);

  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_; }
  bool needs_looks() const { return pidfd_ == -1; }
  /// Costs a system call; right in both cases.
  bool IsGone() const;
  /// Stops watching and closes the pidfd.
  void Close();

 private:
  pid_t pid_;
  int pidfd_;
  /// 0: not known.
  unsigned long long start_time_ = 0;
};

}  // namespace custody::guardian
