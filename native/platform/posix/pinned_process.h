#pragma once
#include <sys/types.h>

#include "core/receipt.h"
#include "platform/posix/process_table.h"

namespace custody::platform {

/// Members of a group can be found and signalled one by one, without a doubt about who it is that gets the signal.
bool MembersCanBePinned();

/// Signals the process that `entry` describes, never a successor of its pid: pinned first, then looked at once more.
///
/// Returns: whether it took the signal.
bool SignalPinned(const ProcessEntry& entry, int number);

/// What keeps a process alive that should be gone.
core::SurvivorReason WhyAlive(const ProcessEntry& member, bool was_killed);

/// Whether a dead, unreaped leader seems to be all that is left of its group, where the system has a cheap way to tell:
/// `false` is certain to need a look at the process table, and `true` must be checked after the reap.
bool LeaderSeemsAlone(pid_t leader);

}  // namespace custody::platform
