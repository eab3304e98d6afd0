#include "platform/posix/detached_container.h"

#include <sys/wait.h>

#include "core/limits.h"
#include "platform/posix/posix_error.h"
#include "platform/posix/spawn.h"
#include "platform/posix/spawn_request.h"

namespace custody::platform {

DetachedContainer::~DetachedContainer() { Unwatch(); }

void DetachedContainer::Launch(const core::LaunchSpec& spec, ChildStdio stdio) {
  core::Result<SpawnRequest> request = MakeSpawnRequest(spec, stdio);
  if (!request.ok()) return observer_.OnSpawnFailed(request.error());
  request.value().new_session = true;
  const core::Instant now = core::MonotonicNow();
  core::Result<Spawned> spawned = SpawnHere(request.value());
  if (!spawned.ok()) return observer_.OnSpawnFailed(ExplainSpawnFailure(spawned.error(), request.value()));
  resolved_file_ = std::move(request.value().path);
  leader_ = spawned.value().pid;
  exit_handle_ = std::move(spawned.value().exit_handle);
  limits_leader_ = spawned.value().has_limits;
  const bool watched = exit_handle_.is_valid() && poller_.Add(exit_handle_.get(), Interest::kReadable, token_).ok();
  if (!watched) {
    exit_handle_.Close();
    wake_at_ = now + core::kKeptPollLongest;
  }
  observer_.OnStarted(leader_, now);
}

void DetachedContainer::OnWake(core::Instant now) {
  wake_at_ = now + core::kKeptPollLongest;
  OnReady(now);
}

void DetachedContainer::OnReady(core::Instant /*now*/) {
  siginfo_t info{};
  const int answer =
      RetryOnEintr([&] { return ::waitid(P_PID, static_cast<id_t>(leader_), &info, WEXITED | WNOHANG | WNOWAIT); });
  if (answer == 0 && info.si_pid == 0) return;
  wake_at_ = core::kNever;
  Unwatch();
  observer_.OnLeaderExited({});
}

void DetachedContainer::ReapLeader(core::Instant /*now*/) {
  siginfo_t info{};
  // ECHILD: somebody else collected it. It is gone either way.
  (void)RetryOnEintr([&] { return ::waitid(P_PID, static_cast<id_t>(leader_), &info, WEXITED | WNOHANG); });
  observer_.OnContainerEmpty();
}

void DetachedContainer::Unwatch() {
  if (!exit_handle_.is_valid()) return;
  poller_.Remove(exit_handle_.get());
  exit_handle_.Close();
}

ContainerReport DetachedContainer::Report() {
  ContainerReport report;
  report.mechanism = core::Mechanism::kNone;
  report.when_empty = core::CleanupStatus::kNotNeeded;
  return report;
}

}  // namespace custody::platform
