#pragma once
#include <memory>
#include <vector>

#include "core/result.h"
#include "platform/linux/guardian_process.h"

namespace custody::platform {

/// The idle shims of one engine thread. The last one to come is the first to go: its pages are warm.
///
/// Nobody listens to an idle shim; that it died shows when it is sent a command.
/// Thread : the engine thread's.
class ShimPool {
 public:
  explicit ShimPool(std::shared_ptr<GuardianProcess> guardian) : guardian_(std::move(guardian)) {}

  /// An idle shim, or a new one. A namespace serves one run, so it is always new.
  ///
  /// Errors : as GuardianProcess::OpenShim.
  core::Result<Shim> Take(core::wire::ShimKind kind);
  /// `shim` has nothing left of its run. One too many is let go, which ends it.
  void GiveBack(Shim shim);
  void NoteUse() { guardian_->NoteUse(); }

 private:
  std::shared_ptr<GuardianProcess> guardian_;
  std::vector<Shim> idle_;
};

}  // namespace custody::platform
