#include "platform/win32/detached_container_win32.h"

#include "platform/win32/spawn_request.h"
#include "platform/win32/spawn_win32.h"

namespace custody::platform {

void DetachedContainer::Launch(const core::LaunchSpec& spec, ChildStdio stdio) {
  core::Result<SpawnRequest> request = MakeSpawnRequest(spec);
  if (!request.ok()) return observer_.OnSpawnFailed(request.error());
  core::Result<SpawnedProcess> spawned = SpawnProcess(request.value(), stdio, nullptr);
  if (!spawned.ok()) return observer_.OnSpawnFailed(spawned.error());
  resolved_file_ = std::move(request.value().resolved_file);
  const core::Instant now = core::MonotonicNow();
  // Nothing stays behind of a process without a parent that holds it, so there is nothing to wait for.
  wake_at_ = now;
  observer_.OnStarted(spawned.value().pid, now);
}

void DetachedContainer::OnWake(core::Instant /*now*/) {
  wake_at_ = core::kNever;
  observer_.OnLeaderExited({});
}

ContainerReport DetachedContainer::Report() {
  ContainerReport report;
  report.mechanism = core::Mechanism::kNone;
  report.when_empty = core::CleanupStatus::kNotNeeded;
  return report;
}

}  // namespace custody::platform
