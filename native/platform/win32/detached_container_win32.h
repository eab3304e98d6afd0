#pragma once
#include <string>

#include "platform/container.h"

namespace custody::platform {

/// No container at all, on purpose: a leader without a console that leaves the host's jobs where they let it.
class DetachedContainer final : public Container {
 public:
  explicit DetachedContainer(ContainerObserver& observer) : observer_(observer) {}

  void Launch(const core::LaunchSpec& spec, ChildStdio stdio) override;
  std::optional<core::StopStep> SignalSoft(core::Instant /*now*/) override { return std::nullopt; }
  std::optional<core::StopStep> SignalHard(core::Instant /*now*/) override { return std::nullopt; }
  void Probe(core::Instant /*now*/) override {}
  void ReapLeader(core::Instant /*now*/) override { observer_.OnContainerEmpty(); }
  void Resume() override {}
  void KeepMembers() override {}

  void OnReady(core::Instant /*now*/) override {}
  core::Instant wake_at() const override { return wake_at_; }
  void OnWake(core::Instant now) override;

  ContainerReport Report() override;
  const std::string& resolved_file() const override { return resolved_file_; }

 private:
  ContainerObserver& observer_;
  std::string resolved_file_;
  core::Instant wake_at_ = core::kNever;
};

}  // namespace custody::platform
