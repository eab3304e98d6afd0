#pragma once
#include <array>
#include <memory>
#include <vector>

#include "core/event.h"
#include "core/launch_spec.h"
#include "core/lifecycle.h"
#include "engine/event_sink.h"
#include "engine/shared_run.h"
#include "engine/timers.h"
#include "platform/container.h"
#include "platform/pipe.h"
#include "platform/poller.h"

namespace custody::engine {

/// What a run uses of the thread it lives on.
struct LaneServices {
  platform::Poller& poller;
  platform::ContainerFactory& containers;
  TimerQueue& timers;
  EventSink& sink;
};

/// One run: feeds the lifecycle with what the container, the pipes and the clock say, and performs its actions.
///
/// Decides nothing about stopping or settling; that is core/lifecycle.
/// Thread : created on JavaScript's thread, everything after Start on one engine thread.
/// Owns   : the container, our ends of the pipes, the timers.
class Command final : private platform::ContainerObserver, private TimerNode {
 public:
  Command(core::LaunchId id, core::LaunchSpec spec, std::shared_ptr<SharedRun> shared);
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  core::LaunchId id() const { return id_; }
  /// Comes first. `services` must outlive the command.
  void Attach(LaneServices& services) { services_ = &services; }
  /// Opens the streams and launches, unless a stop came first.
  void Start(core::Instant now);
  /// Settles without a start: the engine is closing.
  void Refuse(core::Instant now);

  void OnReady(std::uint8_t channel, core::Instant now);
  void Stop(core::StopCause cause, core::Nanos grace, core::Instant now);
  void InputOffered(core::Instant now);
  void ResumeReading(int stream, core::Instant now);
  void ResumeLeader(core::Instant now);
  /// JavaScript holds the run no more.
  void Release(core::Instant now);

  /// Launched, and neither started nor refused yet.
  bool is_starting() const { return lifecycle_.phase() == core::RunPhase::kSpawning; }
  bool started() const { return lifecycle_.spawned(); }
  bool is_settled() const { return lifecycle_.phase() == core::RunPhase::kSettled; }
  /// Settled, and nothing of its container is left to be watched.
  bool is_final() const { return is_settled() && container_done_; }
  bool can_be_deleted() const { return released_ && is_final(); }
  /// What is left of the container could not be ended, or is not to be; there is no use in waiting longer.
  bool gave_up() const {
    const core::ContainerFate fate = lifecycle_.container();
    return is_settled() && (fate == core::ContainerFate::kUnconfirmed || fate == core::ContainerFate::kDetached);
  }

 private:
  static constexpr std::size_t kStreams = 2;
  /// What a poll event of this run is about.
  enum Channel : std::uint8_t { kContainer = 0, kStdout = 1, kStderr = 2, kStdin = 3 };

  void OnStarted(std::int64_t pid, core::Instant started_at) override;
  void OnSpawnFailed(const core::OsError& error) override;
  void OnLeaderExited(const core::ExitStatus& status) override;
  void OnLeaderLost(const core::OsError& error) override;
  void OnContainerEmpty() override;
  void OnContainerOccupied() override;
  void OnLeaderSuspended() override;
  void OnLimitBreached(const core::LimitBreach& breach) override;
  void OnTimer(core::Instant now) override;

  void Fail(const core::OsError& error, core::Instant now);
  void Apply(const core::ActionList& actions, core::Instant now);
  void Perform(const core::Action& action, core::Instant now);
  void RecordStep(const std::optional<core::StopStep>& step);
  void ScheduleTimer();
  void WatchOutput();
  /// For a leader that has ended: what it wrote lies in the pipes, mostly with their end behind it, so most need no watching.
  void TakeOutput(core::Instant now);
  void ReadStream(int stream, core::Instant now);
  void EndStream(int stream, core::Instant now);
  void CloseReaders(core::Instant now);
  /// Ends a stream that has not come to its end.
  void CutOff(int stream, core::Instant now);
  void ReleaseFlow(core::Instant now);
  void TellOutput(int stream);
  void WriteInput();
  void CloseInput();
  void EmitSettled(core::Instant now);
  /// The limits that were asked for and that the container does not hold.
  core::LimitSet UnenforcedLimits() const;
  core::Cleanup MakeCleanup(platform::ContainerReport report, core::Instant now);
  core::StreamFacts MakeStreamFacts(int stream);
  bool reading_paused() const;

  const core::LaunchId id_;
  core::LaunchSpec spec_;
  std::shared_ptr<SharedRun> shared_;
  LaneServices* services_ = nullptr;
  core::Lifecycle lifecycle_;
  std::unique_ptr<platform::Container> container_;
  platform::HostStdio stdio_;
  std::array<core::Instant, core::kTimerKinds> timer_at_;
  std::vector<core::Action> queued_actions_;
  bool performing_ = false;

  bool container_done_ = false;
  bool released_ = false;
  bool input_watched_ = false;
  bool output_watched_ = false;
  std::array<bool, kStreams> captured_{};
  std::array<bool, kStreams> paused_{};
  std::array<bool, kStreams> enlarged_{};
  std::array<bool, kStreams> cut_off_{};
  std::array<std::vector<core::NamedProcess>, kStreams> held_by_;

  core::OsError failure_;
  bool refused_ = false;
  bool lost_ = false;
  core::ExitStatus status_;
  core::LimitBreach breach_;
  double started_at_wall_ms_ = 0;
  core::Instant started_at_ = 0;
  /// When the leader ended or the first stop step was taken, whichever came first.
  core::Instant cleanup_began_ = core::kNever;
  std::vector<core::StopStep> steps_;
};

}  // namespace custody::engine
