#pragma once
#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "platform/container.h"
#include "platform/darwin/sweep_connection.h"
#include "platform/darwin/sweep_process.h"
#include "platform/posix/group_container.h"

namespace custody::platform {

/// A process group whose escapees are followed: the group is this process's to signal, and whoever left it is found by the
/// guardian, by the kernel's unique ids.
///
/// What it promises: members of the group as GroupContainer does; whoever left it and was ever seen by the guardian; all of
/// them when the host is gone. What it cannot: the child of a process that was born and collected between two looks; and a
/// leader whose host dies between the spawn and the message that names it. So "empty" is never a confirmation, except for the
/// group.
///
/// A guardian that is lost leaves the group, and the receipt says so.
class SweepContainer final : public Container, private ContainerObserver {
 public:
  SweepContainer(std::shared_ptr<SweepProcess> guardian, SweepConnection connection, Poller& poller, PollToken token,
                 ContainerObserver& observer);
  ~SweepContainer() override;

  void Launch(const core::LaunchSpec& spec, ChildStdio stdio) override;
  std::optional<core::StopStep> SignalSoft(core::Instant now) override;
  std::optional<core::StopStep> SignalHard(core::Instant now) override;
  void Probe(core::Instant now) override;
  void ReapLeader(core::Instant now) override;
  void Resume() override { group_.Resume(); }
  void KeepMembers() override;

  void OnReady(core::Instant now) override;
  core::Instant wake_at() const override;
  void OnWake(core::Instant now) override;

  ContainerReport Report() override;
  const std::string& resolved_file() const override { return group_.resolved_file(); }
  core::LimitSet enforced_limits() const override { return group_.enforced_limits(); }

 private:
  // What the group tells.
  void OnStarted(std::int64_t pid, core::Instant started_at) override;
  void OnSpawnFailed(const core::OsError& error) override;
  void OnLeaderExited(const core::ExitStatus& status) override;
  void OnLeaderLost(const core::OsError& error) override;
  void OnContainerEmpty() override;
  void OnContainerOccupied() override;
  void OnLimitBreached(const core::LimitBreach& breach) override { observer_.OnLimitBreached(breach); }
  void OnLeaderSuspended() override { observer_.OnLeaderSuspended(); }

  void TellOccupied();
  bool follows() const { return is_watched_ && connection_.is_open(); }
  void Command(core::wire::SweepMessage type);
  void Ask(core::Instant now);
  void Hear(const core::wire::Members& members);
  void LoseGuardian();
  void CloseConnection();

  std::shared_ptr<SweepProcess> guardian_;
  SweepConnection connection_;
  Poller& poller_;
  PollToken token_;
  ContainerObserver& observer_;
  GroupContainer group_;

  bool is_watched_ = false;
  /// The guardian ended, or could not be told of the leader: who left the group is not followed.
  bool lost_guardian_ = false;
  bool leader_gone_ = false;
  bool is_killing_ = false;
  bool was_signalled_ = false;
  bool keeps_members_ = false;
  core::StragglerPolicy stragglers_ = core::StragglerPolicy::kKill;
  /// The group is empty, and whether anybody left it has been asked and not been answered.
  bool asked_ = false;
  /// Somebody is there, in the group or outside of it, and the last question was answered so.
  bool told_occupied_ = false;
  core::Instant asked_at_ = 0;
  core::Instant wake_at_ = core::kNever;
  std::vector<core::Survivor> members_;
  /// Members that were there after the leader was gone.
  std::map<std::int64_t, core::NamedProcess> stragglers_seen_;
};

}  // namespace custody::platform
