#include "engine/command.h"

#include <algorithm>

#include "core/limits.h"

namespace custody::engine {

namespace {

using core::Instant;
using Kind = core::Action::Kind;

enum Channel : std::uint8_t { kContainer = 0, kStdout = 1, kStderr = 2, kStdin = 3 };

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
      platform::MakeContainer(spec_, services_->poller, {id_, kContainer}, *this);
  if (!container.ok()) return Fail(container.error(), now);
  core::Result<platform::StdioPair> stdio = platform::OpenStdio(spec_);
  if (!stdio.ok()) return Fail(stdio.error(), now);
  container_ = std::move(container.value());
  stdio_ = std::move(stdio.value().host);
  container_->Launch(spec_, std::move(stdio.value().child));
  ScheduleTimer();
}

void Command::Refuse(Instant now) { Fail({0, "closing"}, now); }

void Command::Fail(const core::OsError& error, Instant now) {
  failure_ = error;
  refused_ = true;
  Apply(lifecycle_.SpawnFailed(), now);
}

// --- What the container says ---------------------------------------------------------------------------------------

void Command::OnStarted(std::int64_t pid) {
  const Instant now = core::MonotonicNow();
  started_at_ = now;
  started_at_wall_ms_ = core::WallMillisNow();
  shared_->pid.store(pid, std::memory_order_relaxed);
  shared_->started_at.store(now, std::memory_order_relaxed);
  WatchOutput();
  Apply(lifecycle_.SpawnOk(now), now);
  if (stdio_.input.is_open()) WriteInput();
}

void Command::OnSpawnFailed(const core::OsError& error) { Fail(error, core::MonotonicNow()); }

void Command::OnLeaderExited(const core::ExitStatus& status) {
  const Instant now = core::MonotonicNow();
  status_ = status;
  cleanup_began_ = std::min(cleanup_began_, now);
  Apply(lifecycle_.LeaderExited(now), now);
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
  if (!stdio_.output[index].Watch(services_->poller, token).ok()) EndStream(stream, now);
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

// --- Streams -------------------------------------------------------------------------------------------------------

void Command::WatchOutput() {
  for (int stream = 0; stream < static_cast<int>(kStreams); ++stream) {
    const auto index = static_cast<std::size_t>(stream);
    if (!captured_[index]) continue;
    const platform::PollToken token{id_, static_cast<std::uint8_t>(kStdout + stream)};
    if (!stdio_.output[index].Watch(services_->poller, token).ok()) EndStream(stream, core::MonotonicNow());
  }
}

void Command::ReadStream(int stream, Instant now) {
  const auto index = static_cast<std::size_t>(stream);
  platform::OutputPipe& pipe = stdio_.output[index];
  if (!pipe.is_open() || paused_[index]) return;
  OutputBuffer& output = shared_->output;
  std::size_t taken = 0;
  OutputBuffer::FillResult result = OutputBuffer::FillResult::kMore;
  bool cut_short = false;
  while (result == OutputBuffer::FillResult::kMore && taken < core::kReadBudgetBytes && !cut_short) {
    result = output.Fill(
        stream, now,
        [&](std::span<std::byte> into) {
          core::Result<std::size_t> count = pipe.ReadSome(into);
          if (count.ok()) {
            taken += count.value();
            cut_short = count.value() < into.size();  // the pipe is empty now; polling tells when it is not
          }
          return count;
        },
        platform::WouldBlock);
  }
  if (taken > 0) {
    lifecycle_.Activity(now);
    const std::uint64_t end = output.end(stream);
    if (!enlarged_[index] && end >= core::kFloodBytes) {
      enlarged_[index] = true;
      pipe.Enlarge(core::kFloodPipeBytes);
    }
    TellOutput(stream);
    if (spec_.output_limit_bytes > 0 && end > spec_.output_limit_bytes) {
      Apply(lifecycle_.StopRequested(core::StopCause::kOutputLimit, spec_.plan.grace, now), now);
    }
  }
  if (result == OutputBuffer::FillResult::kEnded) EndStream(stream, now);
  if (result == OutputBuffer::FillResult::kPaused) {
    paused_[index] = true;
    pipe.Unwatch(services_->poller);
  }
}

void Command::EndStream(int stream, Instant now) {
  platform::OutputPipe& pipe = stdio_.output[static_cast<std::size_t>(stream)];
  if (!pipe.is_open()) return;
  pipe.Unwatch(services_->poller);
  pipe.Close();
  shared_->output.MarkEnded(stream);
  TellOutput(stream);
  Apply(lifecycle_.StreamEnded(now), now);
}

/// Somebody else keeps the pipes. All that the leader wrote is in them, so that is taken before they are closed (I4).
void Command::CloseReaders(Instant now) {
  shared_->output.StopBlocking();
  for (bool& paused : paused_) paused = false;
  for (int stream = 0; stream < static_cast<int>(kStreams); ++stream) {
    const auto index = static_cast<std::size_t>(stream);
    platform::OutputPipe& pipe = stdio_.output[index];
    if (!pipe.is_open()) continue;
    ReadStream(stream, now);
    if (!pipe.is_open()) continue;  // it ended after all
    cut_off_[index] = true;
    held_by_[index] = pipe.Holders();
    EndStream(stream, now);
  }
}

void Command::ReleaseFlow(Instant now) {
  shared_->output.StopBlocking();
  for (int stream = 0; stream < static_cast<int>(kStreams); ++stream) ResumeReading(stream, now);
}

void Command::TellOutput(int stream) {
  if (shared_->output.flow(stream) == Flow::kOff) return;
  if (shared_->output_told.exchange(true, std::memory_order_acq_rel)) return;
  services_->sink.Push({core::Event::Kind::kOutput, id_}, Urgency::kNow);
}

bool Command::reading_paused() const { return paused_[0] || paused_[1]; }

void Command::WriteInput() {
  platform::InputPipe& pipe = stdio_.input;
  if (!pipe.is_open()) return;
  InputBuffer& input = shared_->input;
  bool broken = false;
  const bool empty = input.DrainInto([&](std::span<const std::byte> from) -> std::size_t {
    core::Result<std::size_t> count = pipe.WriteSome(from);
    if (count.ok()) return count.value();
    broken = !platform::WouldBlock(count.error());
    return 0;
  });
  const bool finished = empty && (input.end_requested() || !spec_.stdin_stays_open);
  if (broken || finished) {
    CloseInput();
  } else if (!empty && !input_watched_) {
    input_watched_ = pipe.Watch(services_->poller, {id_, kStdin}).ok();
    if (!input_watched_) CloseInput();
  } else if (empty && input_watched_) {
    pipe.Unwatch(services_->poller);
    input_watched_ = false;
  }
  if (input.TakeRoomAgain()) services_->sink.Push({core::Event::Kind::kStdinWritable, id_}, Urgency::kNow);
}

void Command::CloseInput() {
  if (input_watched_) stdio_.input.Unwatch(services_->poller);
  input_watched_ = false;
  stdio_.input.Close();
  shared_->input.Break();
  if (shared_->input.TakeRoomAgain()) services_->sink.Push({core::Event::Kind::kStdinWritable, id_}, Urgency::kNow);
}

// --- Facts ---------------------------------------------------------------------------------------------------------

core::Cleanup Command::MakeCleanup(platform::ContainerReport report, Instant now) {
  core::Cleanup cleanup;
  cleanup.steps = steps_;
  cleanup.mechanism = report.mechanism;
  cleanup.leader_reaped = report.leader_reaped;
  cleanup.killed = std::move(report.killed);
  cleanup.survivors = std::move(report.survivors);
  cleanup.elapsed = cleanup_began_ == core::kNever ? 0 : now - cleanup_began_;
  switch (lifecycle_.container()) {
    case core::ContainerFate::kEmpty:
      cleanup.status = report.when_empty;
      break;
    case core::ContainerFate::kKept:
      cleanup.status = core::CleanupStatus::kKept;
      break;
    case core::ContainerFate::kUnknown:
    case core::ContainerFate::kUnconfirmed:
      cleanup.status = core::CleanupStatus::kUnconfirmed;
      break;
  }
  return cleanup;
}

core::StreamFacts Command::MakeStreamFacts(int stream) {
  core::StreamFacts facts;
  const auto index = static_cast<std::size_t>(stream);
  if (!captured_[index]) return facts;
  facts.total_bytes = shared_->output.end(stream);
  facts.kept_bytes = shared_->output.kept(stream);
  facts.complete = !cut_off_[index];
  facts.held_by = std::move(held_by_[index]);
  return facts;
}

void Command::EmitSettled(Instant now) {
  CloseInput();
  core::SettledFacts facts;
  facts.cause = lifecycle_.cause();
  facts.forced = lifecycle_.forced();
  facts.failure = failure_;
  facts.refused = refused_;
  if (lifecycle_.spawned()) {
    facts.ending = lifecycle_.leader_exited() && !lost_ ? core::Ending::kEnded : core::Ending::kLost;
    facts.status = status_;
    facts.pid = shared_->pid.load(std::memory_order_relaxed);
    facts.resolved_file = container_->resolved_file();
    facts.started_at_wall_ms = started_at_wall_ms_;
    facts.started_at = started_at_;
    facts.duration = now - started_at_;
    if (lifecycle_.container() == core::ContainerFate::kKept) container_->KeepMembers();
    platform::ContainerReport report = container_->Report();
    facts.usage = report.usage;
    facts.cleanup = MakeCleanup(std::move(report), now);
  } else {
    facts.started_at_wall_ms = core::WallMillisNow();
    facts.started_at = now;
  }
  for (int stream = 0; stream < static_cast<int>(kStreams); ++stream) {
    facts.streams[stream] = MakeStreamFacts(stream);
    shared_->output.MarkEnded(stream);
  }
  {
    const std::lock_guard lock(shared_->facts_mutex);
    shared_->facts = std::move(facts);
  }
  services_->sink.Push({core::Event::Kind::kSettled, id_}, Urgency::kNow);
}

}  // namespace custody::engine
