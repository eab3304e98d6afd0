#pragma once
#include <sys/types.h>

#include "core/receipt.h"
#include "core/wire.h"
#include "guardian/growable_array.h"
#include "guardian/proc_files.h"

namespace custody::guardian {

/// Who a look or a kill works for, and what it may not touch. Plain functions: virtual ones would need the C++ library.
struct TreeOwner {
  void* self = nullptr;
  /// Collects what has ended. Returns: whether nothing of the tree is left.
  bool (*reap)(void* self) = nullptr;
  /// Children of ours that are no part of the tree, with all below them. Null: there are none.
  bool (*is_exempt)(void* self, pid_t pid) = nullptr;
  /// A process that the kill met for the first time.
  void (*on_found)(void* self, const ProcessStat& stat) = nullptr;

  bool Exempts(pid_t pid) const { return is_exempt != nullptr && is_exempt(self, pid); }
};

/// One look at everything below this process: each process once, parents before children. A process that moves
/// meanwhile (its parent ended) may be missed, so this names and signals; it never proves that nothing is there.
class DescendantWalk {
 public:
  explicit DescendantWalk(const TreeOwner& owner);

  /// Returns: false when there are no more. Zombies are not reported.
  bool Next(ProcessStat& into);

 private:
  bool WasSeen(std::size_t index) const;

  const TreeOwner& owner_;
  GrowableArray<pid_t> queue_;
  std::size_t at_ = 0;
};

/// Why a process that was told to end is still there, as far as /proc tells. A lack of permission is the caller's to know.
core::SurvivorReason ReasonOf(const ProcessStat& stat);

core::wire::ProcessRecord RecordOf(const ProcessStat& stat, core::SurvivorReason why);

/// Signals the process that `stat` describes, never a successor of its pid: pinned, then looked at once more.
/// Returns: 0, or errno; ESRCH when it is gone.
int SignalPinned(const ProcessStat& stat, int number);

}  // namespace custody::guardian
