#pragma once
#include <sys/types.h>

#include "core/receipt.h"
#include "platform/handle.h"
#include "platform/posix/process_table.h"

namespace custody::platform {

/// A handle that names this process for good, whatever becomes of its pid. Invalid when it is gone or the kernel has none.
///
/// Source : Linux pidfd_open(2), since 5.3.
OwnedHandle OpenPidfd(pid_t pid);

/// Asked without opening anything, so that a lack of descriptors is not taken for a lack of the call.
bool KernelHasPidfds();

/// Signals the process that `entry` describes, never a successor of its pid: pinned first, then looked at once more.
///
/// Returns: whether it took the signal.
bool SignalPinned(const ProcessEntry& entry, int number);

/// What keeps a process alive that should be gone.
core::SurvivorReason WhyAlive(const ProcessEntry& member, bool was_killed);

/// Whether a dead, unreaped leader seems to be all that is left of its group. Two calls instead of a look at every process.
///
/// The zombie is given the lowest priority; if the group's highest priority is then still that, nobody else is in it, or
/// only members of that very priority. So `false` is certain to need a look, and `true` must be checked after the reap.
/// Source : Linux getpriority(2), PRIO_PGRP: the highest priority of any of the processes; a zombie counts.
bool LeaderSeemsAlone(pid_t leader);

}  // namespace custody::platform
