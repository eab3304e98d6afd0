#pragma once
#include "core/launch_spec.h"
#include "core/result.h"
#include "platform/pipe.h"
#include "platform/posix/spawn.h"

namespace custody::platform {

/// What `spec` means here and now: the executable found, the environment put together, the streams placed.
///
/// Owns   : nothing; `spec` and `stdio` must outlive the request.
/// Errors : as LookUpExecutable; operation "chdir" with subject kCwd when the directory is missing as well.
core::Result<SpawnRequest> MakeSpawnRequest(const core::LaunchSpec& spec, const ChildStdio& stdio);

/// Tells an error of a spawn as the facade wants it: a failed exec is explained, anything else is passed on.
core::OsError ExplainSpawnFailure(const core::OsError& error, const SpawnRequest& request);

}  // namespace custody::platform
