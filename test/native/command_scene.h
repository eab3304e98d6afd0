#pragma once
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "core/clock.h"
#include "core/launch_spec.h"
#include "engine/command.h"
#include "engine/shared_run.h"
#include "engine/timers.h"
#include "fake_platform.h"
#include "platform/container.h"
#include "platform/poller.h"

namespace custody::testing {

inline constexpr core::LaunchId kId = 7;
inline constexpr core::Nanos kSecond = 1'000 * core::kNanosPerMilli;

/// Captures both streams, into rings of 4 KiB; times as in the lifecycle vectors.
inline core::LaunchSpec PlainSpec() {
  core::LaunchSpec spec;
  spec.argv_block = std::string("program\0", 8);
  spec.ring_bytes = 4096;
  spec.head_bytes = 1024;
  spec.plan.timeout = 10 * kSecond;
  spec.plan.grace = 2 * kSecond;
  spec.plan.drain = kSecond / 2;
  spec.plan.straggler_grace = kSecond / 10;
  spec.plan.cleanup_budget = 5 * kSecond;
  return spec;
}

inline core::ExitStatus Exited(int code) { return {core::ExitStatus::Kind::kExited, code, false}; }

inline Said LeaderExits(int code) {
  return [code](platform::ContainerObserver& observer) { observer.OnLeaderExited(Exited(code)); };
}

/// One command without a lane: the test is its thread, and its clock runs when the test says so.
class CommandScene {
 public:
  explicit CommandScene(core::LaunchSpec spec = PlainSpec()) : services_{*poller_, *containers_, timers, sink} {
    run = std::make_shared<engine::SharedRun>(static_cast<std::size_t>(spec.ring_bytes),
                                              static_cast<std::size_t>(spec.head_bytes), std::move(spec.input),
                                              spec.stdin_stays_open);
    command = std::make_unique<engine::Command>(kId, std::move(spec), run);
    command->Attach(services_);
  }

  core::Instant now() const { return core::MonotonicNow() + passed_; }
  void Start(LaunchPlan plan = {}) {
    platform.Plan(std::move(plan));
    command->Start(now());
  }
  /// Delivers what is ready until nothing is.
  void Turn() {
    std::array<platform::PollToken, 16> ready;
    while (const std::size_t count = poller_->Wait(0, ready)) {
      for (std::size_t i = 0; i < count; ++i) command->OnReady(ready[i].channel, now());
    }
  }
  void Say(Said said) {
    platform.Say(kId, std::move(said));
    Turn();
  }
  void Output(int stream, const std::string& bytes) {
    platform.Write(kId, stream, bytes);
    Turn();
  }
  void EndOutputs() {
    platform.End(kId, 1);
    platform.End(kId, 2);
    Turn();
  }
  void Pass(core::Nanos time) {
    passed_ += time;
    timers.FireDue(now());
    Turn();
  }

  std::string kinds() { return sink.kinds(kId); }
  std::string calls() { return platform.calls(kId); }
  core::SettledFacts facts() {
    const std::lock_guard lock(run->facts_mutex);
    return run->facts;
  }
  std::string Kept(int stream) {
    std::string bytes(1 << 16, '\0');
    const auto read = run->output.ReadAt(stream, 0, std::as_writable_bytes(std::span(bytes)));
    bytes.resize(read.bytes.count);
    return bytes;
  }

  FakePlatform platform;
  RecordingSink sink;
  engine::TimerQueue timers;
  std::shared_ptr<engine::SharedRun> run;

 private:
  std::unique_ptr<platform::Poller> poller_ = std::move(platform::Poller::Create().value());
  std::unique_ptr<platform::ContainerFactory> containers_ = platform::Containment::Create()->MakeFactory(*poller_);
  engine::LaneServices services_;
  core::Nanos passed_ = 0;

 public:
  std::unique_ptr<engine::Command> command;
};

}  // namespace custody::testing
