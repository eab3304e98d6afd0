// What a run came to: gathered once, when it settles, and again when a cleanup reaches its final form.
#include "engine/command.h"

namespace custody::engine {

using core::Instant;

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
    case core::ContainerFate::kDetached:
      cleanup.status = core::CleanupStatus::kNotNeeded;
      break;
    case core::ContainerFate::kUnknown:
    case core::ContainerFate::kUnconfirmed:
      cleanup.status = core::CleanupStatus::kUnconfirmed;
      break;
  }
  return cleanup;
}

core::LimitSet Command::UnenforcedLimits() const {
  const core::LimitSet wanted = core::LimitSet::Of(spec_.limits);
  return container_ ? wanted.Without(container_->enforced_limits()) : wanted;
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
  facts.breach = breach_;
  facts.unenforced = UnenforcedLimits();
  if (lifecycle_.spawned()) {
    const bool is_detached = lifecycle_.container() == core::ContainerFate::kDetached;
    facts.ending = lifecycle_.leader_exited() && !lost_ ? core::Ending::kEnded : core::Ending::kLost;
    if (is_detached) facts.ending = core::Ending::kDetached;
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
  const bool is_unconfirmed = facts.cleanup.status == core::CleanupStatus::kUnconfirmed;
  {
    const std::lock_guard lock(shared_->facts_mutex);
    shared_->facts = std::move(facts);
  }
  services_->sink.Push({core::Event::Kind::kSettled, id_}, Urgency::kNow);
  // A container that lost sight of its members and found nobody: it will never know more, so this is the final form.
  if (lifecycle_.container() == core::ContainerFate::kEmpty && is_unconfirmed) {
    services_->sink.Push({core::Event::Kind::kCleanedUp, id_}, Urgency::kNow);
  }
}

}  // namespace custody::engine
