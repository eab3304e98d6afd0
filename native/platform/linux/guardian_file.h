#pragma once
#include <string>

#include "core/result.h"
#include "platform/handle.h"
#include "platform/posix/guardian_file.h"

namespace custody::platform {

/// A copy of a program in memory that may be executed, for one that may not be where it lies: the directory is mounted
/// without exec, or an unpacker lost the run bit.
///
/// Errors : operation "containment".
core::Result<OwnedHandle> CopyToMemory(const std::string& path);

}  // namespace custody::platform
