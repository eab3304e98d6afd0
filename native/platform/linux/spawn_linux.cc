#include "platform/posix/spawn.h"

#include <string_view>

#include "platform/linux/boot_clock.h"
#include "platform/linux/pinned_process.h"
#include "platform/linux/spawn_clone.h"

namespace custody::platform {

namespace {

/// What one engine thread needs for every start and finds out once.
struct SpawnTools {
  CloneStack stack;
  bool clone_works = stack.is_valid();
};

core::Result<Spawned> SpawnAsIsPossible(const SpawnRequest& request) {
  thread_local SpawnTools tools;
  if (tools.clone_works) {
    core::Result<Spawned> spawned = SpawnByClone(request, tools.stack);
    if (spawned.ok() || std::string_view(spawned.error().operation) != "clone") return spawned;
    tools.clone_works = false;  // an old kernel or a seccomp filter: it will not be different next time
  }
  core::Result<Spawned> spawned = SpawnByPosixSpawn(request);
  if (spawned.ok()) spawned.value().exit_handle = OpenPidfd(spawned.value().pid);
  return spawned;
}

}  // namespace

core::Result<Spawned> SpawnHere(const SpawnRequest& request) {
  core::Result<Spawned> spawned = SpawnAsIsPossible(request);
  if (request.group_slot == nullptr || !spawned.ok()) return spawned;
  request.group_slot->returned_ns.store(BootNow(), std::memory_order_release);
  // Known there already, unless it was posix_spawn: then a host that dies before this line leaves a leader untold.
  request.group_slot->leader.store(spawned.value().pid, std::memory_order_release);
  return spawned;
}

}  // namespace custody::platform
