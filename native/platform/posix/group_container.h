#pragma once
#include <sys/types.h>

#include <map>
#include <optional>
#include <string>

#include "core/limits.h"
#include "platform/container.h"
#include "platform/handle.h"
#include "platform/posix/group_entry.h"
#include "platform/posix/process_table.h"
#include "platform/posix/terminal_loan.h"

namespace custody::platform {

/// A leader in a process group of its own.
///
/// What it promises: every process that stays in the group is found and ended. What it cannot: a process that calls setsid
/// or setpgid leaves, and nothing here sees it go.
///
/// When a signal may go to the group's number:
///  1. While the leader is unreaped its pid, which is the number, is ours, and kill(-group) cannot miss (I1).
///  2. So the leader is peeked, the group is emptied, and only then the leader is reaped. A group that seems empty beside
///     its dead leader is asked once more after the reap, by signal 0, which then has an exact answer and harms nobody.
///  3. After the reap no signal goes to the number any more. Whoever answered, and what a policy kept alive, is found in
///     the process table, pinned by a pidfd, looked at once more and signalled one by one. Members keep the number from
///     being given away, and a process whose pid is the number proves that none is left.
/// Without a readable process table (3) is impossible, so there the group is killed before every reap.
///
/// What this cannot do any more when the host is gone, the guardian does where it is told of the group (`GroupEntry`).
class GroupContainer final : public Container {
 public:
  GroupContainer(Poller& poller, PollToken token, ContainerObserver& observer, GroupEntry entry = {});
  ~GroupContainer() override;

  void Launch(const core::LaunchSpec& spec, ChildStdio stdio) override;
  std::optional<core::StopStep> SignalSoft(core::Instant now) override;
  std::optional<core::StopStep> SignalHard(core::Instant now) override;
  void Probe(core::Instant now) override;
  void ReapLeader(core::Instant now) override;
  void Resume() override;
  void KeepMembers() override;

  void OnReady(core::Instant now) override;
  core::Instant wake_at() const override { return wake_at_; }
  void OnWake(core::Instant now) override;

  core::LimitSet enforced_limits() const override {
    return limits_leader_ ? core::LimitSet::PerProcess() : core::LimitSet();
  }
  ContainerReport Report() override;
  const std::string& resolved_file() const override { return resolved_file_; }

 private:
  enum class Leader : std::uint8_t { kNone, kRunning, kSuspended, kDead, kReaped };

  void WatchLeader(core::Instant now);
  void Unwatch();
  /// Returns false while the leader lives.
  bool PeekLeader();

  void LookForSuspension();
  void TellBreach(const core::ExitStatus& status);

  void SignalGroup(int number);
  std::optional<core::StopStep> Signal(int number, const char* name, core::Instant now);
  /// Returns whether any member took the signal.
  bool SignalMembers(int number, const GroupMembers& members);
  void Note(const ProcessEntry& member);
  bool HasMembers();
  /// Asked while the dead leader is unreaped. A yes is checked again after the reap.
  bool SeemsEmptyBesideLeader();
  /// Reaps the dead leader.
  void CollectLeader();
  void LookForMembers(core::Instant now);
  void PollAgain(core::Instant now);

  Poller& poller_;
  PollToken token_;
  ContainerObserver& observer_;
  std::string resolved_file_;
  pid_t group_ = -1;
  GroupEntry entry_;
  OwnedHandle exit_handle_;
  Leader leader_ = Leader::kNone;
  bool leader_reaped_ = false;
  /// A signal went to the group's number.
  bool signalled_ = false;
  /// Members that a look finds are killed.
  bool kills_on_sight_ = false;
  /// The leader may be reaped as soon as its group is empty.
  bool may_reap_ = false;
  core::StragglerPolicy stragglers_ = core::StragglerPolicy::kKill;
  bool looking_ = false;
  bool occupied_told_ = false;
  core::Usage usage_;
  core::Instant wake_at_ = core::kNever;
  /// Its rlimits are set, or will be.
  bool limits_leader_ = true;
  core::ResourceLimits limits_;
  core::Nanos poll_wait_ = 0;
  core::Nanos longest_poll_ = core::kMemberPollLongest;
  TerminalLoan terminal_;
  /// Members that were signalled after the leader was gone.
  std::map<pid_t, ProcessEntry> signalled_members_;
};

}  // namespace custody::platform
