#pragma once
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "platform/posix/posix_error.h"

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif

namespace custody::guardian {

using platform::RetryOnEintr;

/// Source : Linux pidfd_open(2), since 5.3; close-on-exec by itself.
inline int PidfdOpen(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)); }

inline int PidfdSignal(int pidfd, int number) {
  return static_cast<int>(::syscall(SYS_pidfd_send_signal, pidfd, number, nullptr, 0U));
}

/// Sole owner of one descriptor. OwnedHandle's closing function is compiled for the engine only.
class [[nodiscard]] Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { Close(); }

  int get() const { return fd_; }
  bool is_valid() const { return fd_ >= 0; }
  /// Not retried on EINTR: on Linux the descriptor is gone already. Keeps errno.
  void Close() {
    if (fd_ < 0) return;
    const int saved_errno = errno;
    ::close(fd_);
    errno = saved_errno;
    fd_ = -1;
  }
  int Release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace custody::guardian
