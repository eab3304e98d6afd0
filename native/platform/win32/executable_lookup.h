#pragma once
#include <string>
#include <string_view>

#include "core/result.h"

namespace custody::platform {

struct Executable {
  /// Absolute, without a prefix.
  std::u16string path;
  /// Run by cmd.exe.
  bool is_batch = false;
};

/// Finds what `file` names for a command in `cwd` (absolute) with these variables.
///
/// A name with a separator or a drive is a path from `cwd`; any other is looked for in the absolute directories of `path`,
/// and nowhere else: never in the current directory, nor in the system's. Without one of its extensions, those of
/// `extensions` (PATHEXT) that can be run are tried in turn.
///
/// Errors : ENOENT, EACCES with operation "resolve" and subject kExecutable.
core::Result<Executable> LookUpExecutable(std::u16string_view file, std::u16string_view path,
                                          std::u16string_view extensions, std::u16string_view cwd);

}  // namespace custody::platform
