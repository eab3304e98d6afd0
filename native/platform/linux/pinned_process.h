#pragma once
#include <sys/types.h>

#include "platform/handle.h"
#include "platform/posix/pinned_process.h"

namespace custody::platform {

/// A handle that names this process for good, whatever becomes of its pid. Invalid when it is gone or the kernel has none.
///
/// Source : Linux pidfd_open(2), since 5.3.
OwnedHandle OpenPidfd(pid_t pid);

/// Asked without opening anything, so that a lack of descriptors is not taken for a lack of the call.
bool KernelHasPidfds();

}  // namespace custody::platform
