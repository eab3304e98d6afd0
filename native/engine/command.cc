#include "engine/command.h"

#include <algorithm>

#include "core/limits.h"

namespace custody::engine {

namespace {

using core::Instant;
using Kind = core::Action::Kind;

int CountCaptured(const core::LaunchSpec& spec) {
  return static_cast<int>(std::ranges::count(spec.output, core::OutputTarget::kCapture));
}

}  // namespace

Command::Command(core::LaunchId id, core::LaunchSpec spec, std::shared_ptr<SharedRun> shared)
    : id_(id), spec_(std::move(spec)), shared_(std::move(shared)), lifecycle_(spec_.plan, CountCaptured(spec_)) {
  timer_at_.fill(core::kNever);
  for (std::size_t i = 0; i < kStreams; ++i) captured_[i] = spec_.output[i] == core::OutputTarget::kCapture;
}

Command::~Command() {
  if (services_ == nullptr) return;
  services_->timers.Set(*this, core::kNever);
  for (platform::OutputPipe& pipe : stdio_.output) {
    if (pipe.is_open()) pipe.Unwatch(services_->poller);
  }
  if (input_watched_) stdio_.input.Unwatch(services_->poller);
}

void Command::Start(Instant now) {
  if (is_settled()) return;
  Apply(lifecycle_.SpawnBegan(), now);
  core::Result<std::unique_ptr<platform::Container>> container =
      services_->containers.Make(spec_, {id_, kContainer}, *this);
  if (!container.ok()) return Fail(container.error(), now);
  core::Result<platform::StdioPair> stdio = platform::OpenStdio(spec_);
  if (!stdio.ok()) return Fail(stdio.error(), now);
  container_ = std::move(container.value());
  if (spec_.strict_limits && !UnenforcedLimits().is_empty()) return Fail({0, "limits"}, now);
  stdio_ = std::move(stdio.value().host);
  container_->Launch(spec_, std::move(stdio.value().child));
  ScheduleTimer();
}

void Command::Refuse(Instant now) { Fail({0, "closing"}, now); }

void Command::Fail(const core::OsError& error, Instant now) {
  failure_ = error;
  refused_ = true;
  stdio_ = {};  // nothing is watched before a start
  Apply(lifecycle_.SpawnFailed(), now);
}

// --- What the container says ---------------------------------------------------------------------------------------

void Command::OnStarted(std::int64_t pid, Instant started_at) {
  const Instant now = core::MonotonicNow();
  started_at_ = started_at;
  started_at_wall_ms_ = core::WallMillisNow() - core::ToMillis(now - started_at);
  shared_->pid.store(pid, std::memory_order_relaxed);
  shared_->started_at.store(started_at, std::memory_order_relaxed);
  if (!container_->is_leader_dead()) WatchOutput();
  if (spec_.containment == core::ContainmentWish::kNone) return Apply(lifecycle_.SpawnDetached(), now);
  // Deadlines count from the start; the grace period of a stop that came before it counts from the signal.
  Apply(lifecycle_.SpawnOk(lifecycle_.cause() == core::StopCause::kNone ? started_at : now), now);
  if (stdio_.input.is_open()) WriteInput();
}

void Command::OnSpawnFailed(const core::OsError& error) { Fail(error, core::MonotonicNow()); }

void Command::OnLeaderExited(const core::ExitStatus& status) {
  const Instant now = core::MonotonicNow();
  status_ = status;
  cleanup_began_ = std::min(cleanup_began_, now);
  Apply(lifecycle_.LeaderExited(now), now);
  if (!output_watched_) TakeOutput(now);
}

void Command::OnLeaderLost(const core::OsError& error) {
  lost_ = true;
  failure_ = error;
  OnLeaderExited({});
}

void Command::OnContainerEmpty() {
  const Instant now = core::MonotonicNow();
  Apply(lifecycle_.ContainerEmpty(now), now);
}

void Command::OnContainerOccupied() {
  const Instant now = core::MonotonicNow();
  Apply(lifecycle_.ContainerOccupied(now), now);
}

void Command::OnLimitBreached(const core::LimitBreach& breach) {
  if (breach_.limit == core::ResourceLimit::kNone) breach_ = breach;
  const Instant now = core::MonotonicNow();
  Apply(lifecycle_.StopRequested(core::StopCause::kResourceLimit, 0, now), now);
}

void Command::OnLeaderSuspended() {
  const Instant now = core::MonotonicNow();
  Apply(lifecycle_.Suspended(now), now);
  services_->sink.Push({core::Event::Kind::kSuspended, id_}, Urgency::kNow);
}

// --- What the thread, the clock and JavaScript say -----------------------------------------------------------------

void Command::OnReady(std::uint8_t channel, Instant now) {
  switch (channel) {
    case kContainer:
      container_->OnReady(now);
      break;
    case kStdout:
    case kStderr:
      ReadStream(channel - kStdout, now);
      break;
    case kStdin:
      WriteInput();
      break;
    default:
      break;
  }
  ScheduleTimer();
}

void Command::OnTimer(Instant now) {
  for (std::size_t kind = 0; kind < timer_at_.size(); ++kind) {
    if (timer_at_[kind] > now) continue;
    timer_at_[kind] = core::kNever;
    Apply(lifecycle_.TimerFired(static_cast<core::TimerKind>(kind), now, reading_paused()), now);
  }
  if (container_ && !container_done_ && container_->wake_at() <= now) container_->OnWake(now);
  ScheduleTimer();
}

void Command::Stop(core::StopCause cause, core::Nanos grace, Instant now) {
  Apply(lifecycle_.StopRequested(cause, grace, now), now);
  ScheduleTimer();
}

void Command::InputOffered(Instant /*now*/) {
  if (stdio_.input.is_open() && started() && !input_watched_) WriteInput();
}

void Command::ResumeReading(int stream, Instant now) {
  const auto index = static_cast<std::size_t>(stream);
  if (!paused_[index] || !stdio_.output[index].is_open()) return;
  paused_[index] = false;
  const platform::PollToken token{id_, static_cast<std::uint8_t>(kStdout + stream)};
  if (!stdio_.output[index].Watch(services_->poller, token).ok()) CutOff(stream, now);
  ScheduleTimer();
}

void Command::ResumeLeader(Instant now) {
  if (container_) container_->Resume();
  Apply(lifecycle_.Resumed(now), now);
  ScheduleTimer();
}

void Command::Release(Instant now) {
  released_ = true;
  if (is_settled()) {
    shared_->output.Discard();
    return;
  }
  Stop(core::StopCause::kCancelled, 0, now);
}

// --- Performing ----------------------------------------------------------------------------------------------------

/// A container may answer from inside a call, so actions can arise while actions are performed: they queue up behind.
void Command::Apply(const core::ActionList& actions, Instant now) {
  shared_->phase.store(lifecycle_.phase(), std::memory_order_relaxed);
  queued_actions_.insert(queued_actions_.end(), actions.items().begin(), actions.items().end());
  if (performing_) return;
  performing_ = true;
  while (!queued_actions_.empty()) {
    const core::Action action = queued_actions_.front();
    queued_actions_.erase(queued_actions_.begin());
    Perform(action, now);
  }
  performing_ = false;
}

void Command::Perform(const core::Action& action, Instant now) {
  switch (action.kind) {
    case Kind::kArmTimer:
      timer_at_[static_cast<std::size_t>(action.timer)] = action.at;
      break;
    case Kind::kCancelTimer:
      timer_at_[static_cast<std::size_t>(action.timer)] = core::kNever;
      break;
    case Kind::kSignalSoft:
      RecordStep(container_->SignalSoft(now));
      break;
    case Kind::kSignalHard:
      RecordStep(container_->SignalHard(now));
      break;
    case Kind::kProbeContainer:
      container_->Probe(now);
      break;
    case Kind::kReapLeader:
      container_->ReapLeader(now);
      break;
    case Kind::kCloseStdin:
      CloseInput();
      break;
    case Kind::kReleaseFlow:
      ReleaseFlow(now);
      break;
    case Kind::kCloseReaders:
      CloseReaders(now);
      break;
    case Kind::kReleaseContainer:
      container_done_ = true;
      break;
    case Kind::kEmitStarted:
      services_->sink.Push({core::Event::Kind::kStarted, id_, shared_->pid.load(std::memory_order_relaxed)},
                           Urgency::kWhenConvenient);
      break;
    case Kind::kEmitSettled:
      EmitSettled(now);
      break;
    case Kind::kEmitCleanedUp: {
      const core::Cleanup cleanup = MakeCleanup(container_->Report(), now);
      {
        const std::lock_guard lock(shared_->facts_mutex);
        shared_->facts.cleanup = cleanup;
      }
      services_->sink.Push({core::Event::Kind::kCleanedUp, id_}, Urgency::kNow);
      break;
    }
  }
}

void Command::RecordStep(const std::optional<core::StopStep>& step) {
  if (!step) return;
  steps_.push_back(*step);
  cleanup_began_ = std::min(cleanup_began_, step->at);
}

void Command::ScheduleTimer() {
  Instant at = *std::ranges::min_element(timer_at_);
  if (container_ && !container_done_) at = std::min(at, container_->wake_at());
  services_->timers.Set(*this, at);
}

}  // namespace custody::engine
