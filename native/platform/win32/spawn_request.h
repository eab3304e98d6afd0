#pragma once
#include <string>

#include "core/launch_spec.h"
#include "core/result.h"

namespace custody::platform {

/// A launch as CreateProcessW takes it.
struct SpawnRequest {
  /// What is executed: the program, or cmd.exe for a batch file.
  std::wstring application;
  std::wstring command_line;
  std::wstring environment;
  /// Empty: the host's.
  std::wstring cwd;
  /// What the caller's file was resolved to, as UTF-8.
  std::string resolved_file;
};

/// Resolves the file and composes the strings.
///
/// Errors : "resolve" (not found), "chdir" (no such directory, or too deep for the system), "encode" (EILSEQ: text that is
///          not Unicode), "batch" (EINVAL: an argument that cmd.exe would not take as text), "exec" (E2BIG: too long).
core::Result<SpawnRequest> MakeSpawnRequest(const core::LaunchSpec& spec);

}  // namespace custody::platform
