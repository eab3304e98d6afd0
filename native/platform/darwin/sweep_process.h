#pragma once
#include <sys/types.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "platform/darwin/sweep_connection.h"
#include "platform/handle.h"

namespace custody::platform {

/// The helper process that outlives the host by milliseconds, and follows who descends from the leaders.
///
/// Started with the first run that wants it, and again after it died. What keeps it from starting is remembered; then this
/// mechanism is not available.
///
/// Thread : any; made on JavaScript's. A start blocks the calling engine thread until the exec.
/// Owns   : the process: it is reaped here, by pid (I3).
class SweepProcess {
 public:
  SweepProcess();
  ~SweepProcess();
  SweepProcess(const SweepProcess&) = delete;
  SweepProcess& operator=(const SweepProcess&) = delete;

  /// Errors : operation "containment" when no guardian can be had, "spawn" when this host lacks something just now (EMFILE).
  core::Result<SweepConnection> Open();
  /// A run was taken up, so the guardian works.
  void NoteUse() { failures_in_a_row_.store(0, std::memory_order_relaxed); }

 private:
  core::Result<SweepConnection> Ask();
  core::Status EnsureRunning();
  core::Status Start();
  void Forget();
  void ReapFormer();

  const std::string file_;
  std::mutex mutex_;
  OwnedHandle control_;
  pid_t pid_ = -1;
  std::atomic<int> failures_in_a_row_{0};
  /// Guardians that are ending and have not been reaped.
  std::vector<pid_t> former_;
  /// Why none is started any more.
  std::optional<core::OsError> refusal_;
};

}  // namespace custody::platform
