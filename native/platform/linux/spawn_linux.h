#pragma once
#include "core/result.h"
#include "platform/posix/spawn.h"

namespace custody::platform {

/// Starts a process the best way this kernel has: by clone, or by posix_spawn(3) with a pidfd opened afterwards.
///
/// Blocks until the child's exec. Engine threads only: it keeps a stack for the child with each of them.
/// Errors : as SpawnByPosixSpawn.
core::Result<Spawned> SpawnHere(const SpawnRequest& request);

}  // namespace custody::platform
