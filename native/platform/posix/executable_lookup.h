#pragma once
#include <string>
#include <string_view>

#include "core/result.h"

namespace custody::platform {

/// Finds the file that `name` means for a child with this PATH.
///
/// A name with a separator is a path and is returned as it is, to be resolved against the child's directory by its exec.
/// Any other name is looked up in the absolute directories of `path`. Empty and relative entries are skipped: they would
/// make the current directory decide what runs (CMD-21).
///
/// Errors : ENOENT with subject kExecutable; EACCES when only files that may not be executed were found.
core::Result<std::string> LookUpExecutable(std::string_view name, const char* path);

/// Tells the reasons of a failed exec apart (FAIL-08): a file that exists but answered ENOENT lacks its interpreter.
///
/// `path` as it was executed, `cwd` the child's directory, empty for the host's.
core::OsError ExplainExecFailure(int code, const std::string& path, const std::string& cwd);

}  // namespace custody::platform
