#pragma once
#include "core/clock.h"
#include "core/wire.h"
#include "guardian/descendant_walk.h"

namespace custody::guardian {

/// Looks, again and again, at what all processes of a run use together: memory, CPU time, their number.
///
/// A look is late by up to its period, so what is seen may be beyond the limit by what a tree can take in that time. Two
/// kinds of CPU time escape it: of children that the kernel collects itself because their parent ignores SIGCHLD, and of a
/// process that ended between two looks below a parent that has not collected it. RLIMIT_CPU bounds each of them.
class LimitWatch {
 public:
  /// Starts looking if one of the three limits is set.
  void Begin(const core::wire::Limits& limits, core::Instant now);
  void End() { wake_at_ = core::kNever; }
  core::Instant wake_at() const { return wake_at_; }

  /// `collected`: the usage of members that were reaped. Returns: the limit that is exceeded, or kNone in it.
  core::LimitBreach Look(const TreeOwner& owner, const core::wire::TreeUsage& collected);

 private:
  struct Sum {
    std::uint64_t processes = 0;
    std::uint64_t memory_bytes = 0;
    std::uint64_t cpu_ms = 0;
  };

  Sum Measure(const TreeOwner& owner, const core::wire::TreeUsage& collected) const;
  core::LimitBreach Compare(const TreeOwner& owner, const Sum& sum) const;

  core::wire::Limits limits_{};
  core::Nanos pause_ = 0;
  core::Instant wake_at_ = core::kNever;
};

}  // namespace custody::guardian
