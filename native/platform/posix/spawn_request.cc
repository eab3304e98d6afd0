#include "platform/posix/spawn_request.h"

#include <unistd.h>

#include "core/environment.h"
#include "core/string_block.h"
#include "platform/posix/executable_lookup.h"
#include "platform/posix/posix_error.h"

namespace custody::platform {

core::Result<SpawnRequest> MakeSpawnRequest(const core::LaunchSpec& spec, const ChildStdio& stdio) {
  SpawnRequest request;
  request.environment = core::ComposeEnvironment(spec.base_environment, spec.environment_set, spec.environment_unset);
  const std::vector<std::string_view> arguments = core::SplitBlock(spec.argv_block);
  request.argv.reserve(arguments.size() + 1);
  for (const std::string_view argument : arguments) request.argv.push_back(argument.data());
  request.argv.push_back(nullptr);
  request.cwd = spec.cwd;
  request.user = spec.user;
  request.group = spec.group;
  request.limits = spec.limits;
  request.limits_required = spec.strict_limits;
  core::Result<std::string> path = LookUpExecutable(arguments.front(), core::FindVariable(request.environment, "PATH"));
  if (!path.ok()) {
    // A missing directory is the better answer when both are missing: with it, a relative PATH could not have worked.
    const bool cwd_missing = !spec.cwd.empty() && ::access(spec.cwd.c_str(), F_OK) == -1;
    return cwd_missing ? LastError("chdir", core::ErrorSubject::kCwd) : path.error();
  }
  request.path = std::move(path.value());
  for (std::size_t i = 0; i < request.stdio.size(); ++i) request.stdio[i] = static_cast<int>(stdio.handles[i].get());
  return request;
}

core::OsError ExplainSpawnFailure(const core::OsError& error, const SpawnRequest& request) {
  const bool from_exec = std::string_view(error.operation) == "exec";
  return from_exec ? ExplainExecFailure(error.code, request.path, request.cwd) : error;
}

}  // namespace custody::platform
