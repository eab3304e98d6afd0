#pragma once
#include <map>
#include <optional>
#include <string>

#include "core/limits.h"
#include "platform/container.h"
#include "platform/handle.h"
#include "platform/win32/completion_poller.h"
#include "platform/win32/job_object.h"

namespace custody::platform {

/// A leader in a job of its own.
///
/// What it promises: whatever the leader starts is a member, and no member leaves. A member ends with the job's only
/// handle, so also when the host is killed. What it cannot: hold what another program starts on request (a service, the
/// task scheduler, WMI).
///
/// Rules:
///  1. The leader is a member before its first instruction (I8); otherwise it does not run.
///  2. Nothing is signalled by pid. The job is ended as a whole; console events go to a group whose leader is held open.
///  3. Empty is what the system's count says, or after a stop a look at every member; asked for when the job's message comes
///     and now and then in between: messages are not guaranteed to come.
class JobContainer final : public Container {
 public:
  JobContainer(CompletionPoller& poller, PollToken token, ContainerObserver& observer, JobObject job)
      : poller_(poller), token_(token), observer_(observer), job_(std::move(job)) {}
  ~JobContainer() override;

  void Launch(const core::LaunchSpec& spec, ChildStdio stdio) override;
  std::optional<core::StopStep> SignalSoft(core::Instant now) override;
  std::optional<core::StopStep> SignalHard(core::Instant now) override;
  void Probe(core::Instant now) override;
  void ReapLeader(core::Instant now) override;
  void Resume() override {}
  void KeepMembers() override;

  void OnReady(core::Instant now) override;
  core::Instant wake_at() const override { return wake_at_; }
  void OnWake(core::Instant now) override;

  core::LimitSet enforced_limits() const override { return LimitsOfJob(); }
  ContainerReport Report() override;
  const std::string& resolved_file() const override { return resolved_file_; }

 private:
  enum class Leader : std::uint8_t { kNone, kRunning, kDead };

  void LookAtLeader();
  void LookForMembers(core::Instant now);
  void PollAgain(core::Instant now);
  void NoteMembers();
  /// Living members. A leader that has ended is none even while the system counts it, and the helper of a console never is.
  std::vector<std::uint32_t> Members() const;

  CompletionPoller& poller_;
  PollToken token_;
  ContainerObserver& observer_;
  JobObject job_;
  std::uintptr_t job_number_ = 0;
  OwnedHandle leader_process_;
  std::uint32_t leader_pid_ = 0;
  Leader leader_ = Leader::kNone;
  bool shares_console_ = false;
  bool terminated_ = false;
  bool lets_stragglers_go_ = false;
  bool looking_ = false;
  bool occupied_told_ = false;
  bool breach_told_ = false;
  core::ResourceLimits limits_;
  core::Nanos poll_wait_ = 0;
  core::Nanos longest_poll_ = core::kMemberPollLongest;
  core::Instant wake_at_ = core::kNever;
  std::string resolved_file_;
  /// Members that were ended after the leader was gone.
  std::map<std::uint32_t, core::NamedProcess> ended_members_;
};

}  // namespace custody::platform
