#pragma once
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/launch_spec.h"
#include "core/resource_limits.h"
#include "core/result.h"
#include "core/wire_groups.h"
#include "platform/handle.h"

namespace custody::platform {

/// Everything a spawn needs, ready to be used in a child that may not allocate.
struct SpawnRequest {
  std::string path;
  /// Null-terminated.
  std::vector<const char*> argv;
  /// Null-terminated.
  std::vector<const char*> environment;
  /// Empty: the host's.
  std::string cwd;
  /// Become descriptors 0, 1 and 2. Each is at least 3.
  std::array<int, 3> stdio{-1, -1, -1};
  /// Become descriptors 3, 4, ...; nothing else is inherited. Each lies above all of those numbers.
  std::vector<int> further;
  /// A file to be executed instead of `path`, as a descriptor above those numbers; -1: none.
  int executable = -1;
  /// A session of its own, not merely a group.
  bool new_session = false;
  /// Signals that may not have their default disposition here, signal n at bit n - 1.
  std::uint64_t changed_signals = ~std::uint64_t{0};
  /// A terminal whose foreground group the child's becomes, as a descriptor of ours; -1: none.
  int terminal = -1;
  /// core::kHostAccount: the host's. With either, the command has that group and no other.
  core::AccountId user = core::kHostAccount;
  core::AccountId group = core::kHostAccount;
  /// Those that an rlimit can hold become rlimits.
  core::ResourceLimits limits;
  bool limits_required = false;
  /// Where the guardian learns of the new group; null: nowhere.
  core::wire::GroupSlot* group_slot = nullptr;
};

/// A copy of a descriptor above every number that a spawn places, as `further` and `executable` must be.
/// Errors : operation `operation`.
core::Result<OwnedHandle> CopyAbovePlaces(const OwnedHandle& handle, const char* operation);

struct Spawned {
  pid_t pid = -1;
  /// Becomes readable when the process has ended; invalid where the system has no such thing.
  OwnedHandle exit_handle;
  /// It has the rlimits of the request.
  bool has_limits = false;
};

/// Starts a process in a process group (or session) of its own, with default signal dispositions and an empty signal mask.
///
/// Blocks until the child's exec, so: never JavaScript's thread, unless that waits for the command anyway.
/// It cannot set rlimits: operation "limits" when they are required, else they are left out. Nor can it change users or groups:
/// operation "identity".
/// Errors : operation "chdir" with subject kCwd; "exec" with the exec's own code; "spawn" for what came before.
core::Result<Spawned> SpawnByPosixSpawn(const SpawnRequest& request);

/// Starts a process the best way this system has, with an exit handle where there is such a thing.
///
/// Blocks as SpawnByPosixSpawn does.
/// Errors : as SpawnByPosixSpawn.
core::Result<Spawned> SpawnHere(const SpawnRequest& request);

}  // namespace custody::platform
