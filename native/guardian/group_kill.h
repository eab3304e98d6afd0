#pragma once
#include <sys/types.h>

#include "core/clock.h"
#include "core/wire_groups.h"

namespace custody::guardian {

/// Ends the groups in which a host that is gone ran commands, as its table (core/wire_groups.h) names them.
///
/// A number is signalled only while it is sure whose it is. Where a process has it, that process must have started while the
/// launch was under way, in the session of the host. Where none has it, members alone can have kept it from being given away.
///
/// One signal is enough: it reaches all members at once, and a fork is given up while a signal is pending (Source: Linux
/// kernel/fork.c copy_process). Looked at again are launches that were under way, for as long as `kLimit` at most.
class GroupKill {
 public:
  static constexpr core::Nanos kLimit = 1'000 * core::kNanosPerMilli;

  /// Takes the table that lies in a memfd, and closes the descriptor. Returns: false for anything else, and for a second one.
  bool Hold(int memory);
  /// Lets go of the table.
  void Release();

  void Begin(core::Instant now);
  bool is_running() const { return wake_at_ != core::kNever; }
  core::Instant wake_at() const { return wake_at_; }
  /// Works if it is time. Ends itself.
  void Step(core::Instant now);

 private:
  /// Returns: whether it has to be looked at again.
  bool End(const core::wire::GroupSlot& slot) const;

  const core::wire::GroupTable* table_ = nullptr;
  core::Instant began_at_ = 0;
  /// The same on the clock of the table.
  core::Nanos boot_began_ns_ = 0;
  core::Instant wake_at_ = core::kNever;
  core::Nanos pause_ = 0;
};

}  // namespace custody::guardian
