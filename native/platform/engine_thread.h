#pragma once
#include <memory>

#include "core/clock.h"
#include "core/result.h"

namespace custody::platform {

/// A thread that may be given up: it is joined when it ends in time, and otherwise left alone.
///
/// Not std::thread, whose constructor throws when the system has no thread to give; that must not end the host.
class EngineThread {
 public:
  virtual ~EngineThread() = default;
  /// Runs `entry(argument)` with a name and with a signal mask that leaves the host's signals to the host.
  static core::Result<std::unique_ptr<EngineThread>> Start(void (*entry)(void*), void* argument);
  /// Waits for the end of a thread whose function is returning; call it once. Returns false when it does not end: the thread
  /// is then left alone, and may still be within its last lines.
  virtual bool Join() = 0;
  /// Never joined: it is stuck in the kernel.
  virtual void Abandon() = 0;
};

/// While it lives, the calling thread does the work of an engine thread: it hears nothing of pipes that break, whatever the host
/// wants SIGPIPE to do.
class BorrowedThread {
 public:
  BorrowedThread();
  ~BorrowedThread();
  BorrowedThread(const BorrowedThread&) = delete;
  BorrowedThread& operator=(const BorrowedThread&) = delete;

 private:
  bool was_open_ = false;
};

}  // namespace custody::platform
