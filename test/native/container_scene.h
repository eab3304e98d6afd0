#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/launch_spec.h"
#include "platform/container.h"
#include "platform/pipe.h"
#include "platform/poller.h"
#include "platform/posix/group_container.h"
#include "platform/posix/process_table.h"

namespace custody::testing {

inline const std::string kProbe = CUSTODY_PROBE_FILE;

/// From a line of the probe that ends in one.
inline pid_t PidAtEndOf(const std::string& line) { return static_cast<pid_t>(std::stol(line.substr(line.rfind(' ')))); }

/// A spec for the scene: standard output is read, the rest is null.
inline core::LaunchSpec SpecFor(const std::vector<std::string>& arguments,
                                core::ContainmentWish containment = core::ContainmentWish::kGroup) {
  core::LaunchSpec spec;
  for (const std::string& argument : arguments) spec.argv_block += argument + '\0';
  spec.base_environment = std::string("PATH=/usr/bin:/bin\0", 19);
  spec.output[1] = core::OutputTarget::kIgnore;
  spec.containment = containment;
  return spec;
}

/// One thread's containers: a poller, and the factory that shares its guardian with others.
struct Workshop {
  std::unique_ptr<platform::Poller> poller = std::move(platform::Poller::Create().value());
  std::unique_ptr<platform::ContainerFactory> factory = platform::Containment::Create()->MakeFactory(*poller);
};

/// One container with a real leader: the test is its thread.
class ContainerScene final : public platform::ContainerObserver {
 public:
  /// A group. `waits_for_line`: the leader is known to have come as far as its first line of output.
  explicit ContainerScene(const std::vector<std::string>& arguments, bool waits_for_line = true,
                          platform::GroupEntry entry = {},
                          core::StragglerPolicy stragglers = core::StragglerPolicy::kKill) {
    container =
        std::make_unique<platform::GroupContainer>(*poller_, platform::PollToken{1, 0}, *this, std::move(entry));
    core::LaunchSpec spec = SpecFor(arguments);
    spec.plan.stragglers = stragglers;
    Launch(spec, waits_for_line);
  }
  /// Whatever the workshop makes for `spec`.
  ContainerScene(Workshop& workshop, const core::LaunchSpec& spec, bool waits_for_line = true)
      : poller_(workshop.poller.get()) {
    container = std::move(workshop.factory->Make(spec, platform::PollToken{1, 0}, *this).value());
    Launch(spec, waits_for_line);
  }
  /// Whoever is left in the group is ours as long as the leader is unreaped.
  ~ContainerScene() {
    if (pid > 1 && platform::ReadProcess(static_cast<pid_t>(pid)).pid != 0) (void)container->SignalHard(Now());
  }
  ContainerScene(const ContainerScene&) = delete;
  ContainerScene& operator=(const ContainerScene&) = delete;

  static core::Instant Now() { return core::MonotonicNow(); }

  /// Lets the container work until `condition` holds; returns whether it came to that within some seconds.
  bool Until(const std::function<bool()>& condition) {
    const core::Instant limit = Now() + 10'000 * core::kNanosPerMilli;
    std::array<platform::PollToken, 4> ready;
    while (!condition()) {
      if (Now() > limit) return false;
      const core::Instant until = std::min(container->wake_at(), Now() + 2 * core::kNanosPerMilli);
      if (poller_->Wait(until, ready) > 0) container->OnReady(Now());
      if (container->wake_at() <= Now()) container->OnWake(Now());
    }
    return true;
  }
  bool UntilFacts(const std::string& wanted) {
    return Until([&] { return facts == wanted; });
  }

  /// What the container said, one letter each: s(tarted) f(ailed) x(exited) l(ost) e(mpty) o(ccupied) b(reached).
  std::string facts;
  std::int64_t pid = 0;
  core::ExitStatus status;
  core::OsError error;
  core::LimitBreach breach;
  std::string line;
  core::Instant started_at = 0;
  /// Called from inside OnLeaderExited.
  std::function<void()> when_exited = [] {};

 private:
  void OnStarted(std::int64_t leader, core::Instant at) override {
    facts += 's';
    pid = leader;
    started_at = at;
  }
  void OnSpawnFailed(const core::OsError& why) override {
    facts += 'f';
    error = why;
  }
  void OnLeaderExited(const core::ExitStatus& how) override {
    facts += 'x';
    status = how;
    when_exited();
  }
  void OnLeaderLost(const core::OsError& why) override {
    facts += 'l';
    error = why;
  }
  void OnContainerEmpty() override { facts += 'e'; }
  void OnContainerOccupied() override { facts += 'o'; }
  void OnLeaderSuspended() override {}
  void OnLimitBreached(const core::LimitBreach& what) override {
    facts += 'b';
    breach = what;
  }

  void Launch(const core::LaunchSpec& spec, bool waits_for_line) {
    platform::StdioPair stdio = std::move(platform::OpenStdio(spec).value());
    output_ = std::move(stdio.host.output[0]);
    container->Launch(spec, std::move(stdio.child));
    if (waits_for_line) REQUIRE(Until([this] { return ReadLine(); }));
  }

  bool ReadLine() {
    std::array<std::byte, 256> into;
    core::Result<std::size_t> count = output_.ReadSome(into);
    if (count.ok()) line.append(reinterpret_cast<const char*>(into.data()), count.value());
    return line.ends_with('\n');
  }

  platform::OutputPipe output_;
  std::unique_ptr<platform::Poller> own_poller_ = std::move(platform::Poller::Create().value());
  platform::Poller* poller_ = own_poller_.get();

 public:
  std::unique_ptr<platform::Container> container;
};

}  // namespace custody::testing
