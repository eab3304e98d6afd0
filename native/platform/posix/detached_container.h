#pragma once
#include <sys/types.h>

#include <string>

#include "platform/container.h"

namespace custody::platform {

/// No container at all, on purpose: a leader in a session of its own that nothing here ever signals.
///
/// It is watched for one thing: that it does not stay a zombie when it ends while the host lives.
class DetachedContainer final : public Container {
 public:
  DetachedContainer(Poller& poller, PollToken token, ContainerObserver& observer)
      : poller_(poller), token_(token), observer_(observer) {}
  ~DetachedContainer() override;

  void Launch(const core::LaunchSpec& spec, ChildStdio stdio) override;
  std::optional<core::StopStep> SignalSoft(core::Instant /*now*/) override { return std::nullopt; }
  std::optional<core::StopStep> SignalHard(core::Instant /*now*/) override { return std::nullopt; }
  void Probe(core::Instant /*now*/) override {}
  void ReapLeader(core::Instant now) override;
  void Resume() override {}
  void KeepMembers() override {}

  void OnReady(core::Instant now) override;
  core::Instant wake_at() const override { return wake_at_; }
  void OnWake(core::Instant now) override;

  core::LimitSet enforced_limits() const override {
    return limits_leader_ ? core::LimitSet::PerProcess() : core::LimitSet();
  }
  ContainerReport Report() override;
  const std::string& resolved_file() const override { return resolved_file_; }

 private:
  void Unwatch();

  Poller& poller_;
  PollToken token_;
  ContainerObserver& observer_;
  std::string resolved_file_;
  pid_t leader_ = -1;
  OwnedHandle exit_handle_;
  core::Instant wake_at_ = core::kNever;
  /// Its rlimits are set, or will be.
  bool limits_leader_ = true;
};

}  // namespace custody::platform
