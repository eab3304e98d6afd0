#include "engine/engine.h"

#include <algorithm>
#include <thread>

#include "core/check.h"
#include "core/limits.h"
#include "engine/lane.h"
#include "platform/container.h"

namespace custody::engine {

std::size_t StartsPerLane(bool crowded, std::size_t processors) {
  if (!crowded) return core::kStartsPerLane;
  return std::clamp<std::size_t>(processors / core::kEngineThreads, 1, core::kStartsPerLane);
}

Engine::Engine(EventSink& sink)
    : sink_(sink), containment_(platform::Containment::Create()), processors_(std::thread::hardware_concurrency()) {}

Engine::~Engine() { CUSTODY_CHECK(lanes_.empty()); }

Lane* Engine::ChooseLane() {
  Lane* best = nullptr;
  for (const std::unique_ptr<Lane>& lane : lanes_) {
    if (best == nullptr || lane->starting() < best->starting()) best = lane.get();
  }
  const bool would_wait = best == nullptr || best->starting() > 0;
  if (!would_wait || lanes_.size() == core::kEngineThreads) return best;
  std::unique_ptr<Lane> lane = MakeLane();
  if (lane == nullptr) return best;
  if (const core::Status started = lane->StartThread(); !started.ok()) {
    lane_error_ = started.error();
    return best;
  }
  lane->LimitStarts(most_starts_);
  lanes_.push_back(std::move(lane));
  return lanes_.back().get();
}

Lane* Engine::SyncLane() {
  if (sync_lane_ == nullptr) sync_lane_ = MakeLane();
  return sync_lane_.get();
}

std::unique_ptr<Lane> Engine::MakeLane() {
  core::Result<std::unique_ptr<Lane>> lane = Lane::Create(sink_, *containment_);
  if (lane.ok()) return std::move(lane.value());
  lane_error_ = lane.error();
  return nullptr;
}

bool Engine::waits_to_be_driven(core::LaunchId id) {
  const Run* const run = FindRun(id);
  return run != nullptr && run->lane != nullptr && !run->lane->has_thread();
}

bool Engine::DriveUntilSettled(core::LaunchId id, const std::function<bool()>& interrupted) {
  Lane& lane = *FindRun(id)->lane;
  const bool settled = lane.DriveUntilSettled(id, interrupted);
  // Somebody has to watch what outlives its leader. Without a thread to be had, the next wait does it.
  if (lane.has_live_runs()) (void)lane.StartThread();
  return settled;
}

core::LaunchId Engine::Launch(core::LaunchSpec spec) {
  const core::LaunchId id = next_id_++;
  auto shared =
      std::make_shared<SharedRun>(static_cast<std::size_t>(spec.ring_bytes), static_cast<std::size_t>(spec.head_bytes),
                                  std::move(spec.input), spec.stdin_stays_open);
  if (spec.holds_output) {
    shared->output.SetFlow(0, Flow::kBlock);
    shared->output.SetFlow(1, Flow::kBlock);
  }
  Lane* const lane = closed_ ? nullptr : spec.waited_for ? SyncLane() : ChooseLane();
  runs_.emplace(id, Run{shared, lane});
  if (lane == nullptr) {
    RefuseNow(id, *shared, closed_ ? core::OsError{0, "closing"} : lane_error_);
    return id;
  }
  auto command = std::make_unique<Command>(id, std::move(spec), std::move(shared));
  lane->Post({.kind = Message::Kind::kLaunch, .id = id, .command = std::move(command)});
  return id;
}

void Engine::RefuseNow(core::LaunchId id, SharedRun& shared, const core::OsError& error) {
  shared.phase.store(core::RunPhase::kSettled, std::memory_order_relaxed);
  shared.output.MarkEnded(0);
  shared.output.MarkEnded(1);
  {
    const std::lock_guard lock(shared.facts_mutex);
    shared.facts.failure = error;
    shared.facts.refused = true;
    shared.facts.started_at_wall_ms = core::WallMillisNow();
  }
  sink_.Push({core::Event::Kind::kSettled, id}, Urgency::kNow);
}

Engine::Run* Engine::FindRun(core::LaunchId id) {
  const auto found = runs_.find(id);
  return found == runs_.end() ? nullptr : &found->second;
}

SharedRun* Engine::Find(core::LaunchId id) {
  Run* const run = FindRun(id);
  return run == nullptr ? nullptr : run->shared.get();
}

void Engine::Stop(core::LaunchId id, core::StopCause cause, core::Nanos grace) {
  Run* const run = FindRun(id);
  if (run == nullptr || run->lane == nullptr) return;
  run->lane->Post({.kind = Message::Kind::kStop, .id = id, .cause = cause, .grace = grace});
}

std::size_t Engine::WriteStdin(core::LaunchId id, std::span<const std::byte> chunk) {
  Run* const run = FindRun(id);
  if (run == nullptr || run->lane == nullptr) return chunk.size();
  const std::size_t accepted = run->shared->input.Offer(chunk);
  if (accepted > 0) run->lane->Post({.kind = Message::Kind::kInputOffered, .id = id});
  return accepted;
}

void Engine::CloseStdin(core::LaunchId id) {
  Run* const run = FindRun(id);
  if (run == nullptr || run->lane == nullptr) return;
  run->shared->input.RequestEnd();
  run->lane->Post({.kind = Message::Kind::kInputOffered, .id = id});
}

void Engine::Watch(core::LaunchId id, int stream, Flow flow) {
  Run* const run = FindRun(id);
  if (run == nullptr) return;
  run->shared->output.SetFlow(stream, flow);
  if (flow != Flow::kOff && run->shared->output.HasNews(stream)) {
    // What came before anybody listened is news to this listener.
    const bool told = run->shared->output_told.exchange(true, std::memory_order_acq_rel);
    if (!told) sink_.Push({core::Event::Kind::kOutput, id}, Urgency::kNow);
  }
  if (run->lane != nullptr && run->shared->output.TakeResume(stream)) {
    run->lane->Post({.kind = Message::Kind::kResumeReading, .id = id, .stream = stream});
  }
}

void Engine::Acknowledge(core::LaunchId id, int stream, std::uint64_t cursor) {
  Run* const run = FindRun(id);
  if (run == nullptr) return;
  run->shared->output.Acknowledge(stream, cursor);
  if (run->lane != nullptr && run->shared->output.TakeResume(stream)) {
    run->lane->Post({.kind = Message::Kind::kResumeReading, .id = id, .stream = stream});
  }
}

void Engine::ResumeLeader(core::LaunchId id) {
  Run* const run = FindRun(id);
  if (run != nullptr && run->lane != nullptr) run->lane->Post({.kind = Message::Kind::kResumeLeader, .id = id});
}

void Engine::SetCrowded(bool crowded) {
  most_starts_ = StartsPerLane(crowded, processors_);
  for (const std::unique_ptr<Lane>& lane : lanes_) lane->LimitStarts(most_starts_);
}

void Engine::Release(core::LaunchId id) {
  Run* const run = FindRun(id);
  if (run == nullptr) return;
  if (run->lane != nullptr) {
    run->lane->Post({.kind = Message::Kind::kRelease, .id = id});
    if (!run->lane->has_thread()) run->lane->WorkOff();
  }
  runs_.erase(id);
}

bool Engine::Close(core::Nanos budget) {
  closed_ = true;
  const core::Instant deadline = core::MonotonicNow() + budget;
  if (sync_lane_ != nullptr) lanes_.insert(lanes_.begin(), std::move(sync_lane_));
  for (const std::unique_ptr<Lane>& lane : lanes_) lane->Post({.kind = Message::Kind::kClose});
  for (std::unique_ptr<Lane>& lane : lanes_) {
    if (lane->EndBy(deadline)) continue;
    all_ended_ = false;
    (void)lane.release();  // its thread is stuck in the kernel and still uses it
  }
  for (auto& [id, run] : runs_) run.lane = nullptr;
  lanes_.clear();
  containment_.reset();  // a lane that was left behind keeps it
  return all_ended_;
}

}  // namespace custody::engine
