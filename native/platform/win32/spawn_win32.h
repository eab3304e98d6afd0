#pragma once
#include <windows.h>

#include <cstdint>

#include "core/result.h"
#include "platform/handle.h"
#include "platform/pipe.h"
#include "platform/win32/spawn_request.h"

namespace custody::platform {

struct SpawnedProcess {
  OwnedHandle process;
  std::uint32_t pid = 0;
  /// It has a process group of its own in the host's console, which a CTRL_BREAK can be sent to.
  bool shares_console = false;
};

/// Starts the leader. It inherits its three streams and nothing else, and has no window of its own.
///
/// `job`: the leader is a member before its first instruction; without that it does not run. nullptr: it is detached, and
/// leaves the host's jobs where they let it.
///
/// Errors : what CreateProcessW refuses, with operation "exec"; "containment" when it cannot be put into the job.
core::Result<SpawnedProcess> SpawnProcess(const SpawnRequest& request, const ChildStdio& stdio, HANDLE job);

}  // namespace custody::platform
