#include "platform/darwin/sweep_container.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <utility>

#include "core/limits.h"
#include "platform/darwin/process_identity.h"

namespace custody::platform {

namespace {

namespace wire = core::wire;
using core::Instant;
using wire::SweepMessage;

/// A connection serves one run.
constexpr std::uint32_t kRun = 1;

core::Survivor ToSurvivor(const wire::ProcessRecord& record) {
  const std::size_t length = ::strnlen(record.name, sizeof record.name);
  const auto why = std::min(record.why, static_cast<std::uint8_t>(core::SurvivorReason::kUnknown));
  return {{record.pid, std::string(record.name, length), record.state}, static_cast<core::SurvivorReason>(why)};
}

}  // namespace

SweepContainer::SweepContainer(std::shared_ptr<SweepProcess> guardian, SweepConnection connection, Poller& poller,
                               PollToken token, ContainerObserver& observer)
    : guardian_(std::move(guardian)),
      connection_(std::move(connection)),
      poller_(poller),
      token_(token),
      observer_(observer),
      group_(poller, token, *this) {}

// Its end of file ends whoever is left, unless they were let go.
SweepContainer::~SweepContainer() { CloseConnection(); }

void SweepContainer::CloseConnection() {
  if (!connection_.is_open()) return;
  poller_.Remove(connection_.handle());
  connection_.Close();
}

void SweepContainer::Launch(const core::LaunchSpec& spec, ChildStdio stdio) {
  stragglers_ = spec.plan.stragglers;
  if (!poller_.Add(connection_.handle(), Interest::kReadable, token_).ok()) connection_.Close();
  group_.Launch(spec, std::move(stdio));
}

void SweepContainer::OnStarted(std::int64_t pid, Instant started_at) {
  ProcessIdentity identity{};
  // Our child and unreaped: whoever has this pid is the leader, dead or alive.
  const bool is_known = ReadIdentity(static_cast<pid_t>(pid), identity, ZombiesToo::kYes);
  wire::Watch watch{};
  watch.pid = pid;
  watch.unique_id = identity.unique_id;
  is_watched_ = is_known && connection_.is_open() && connection_.Send(watch, SweepMessage::kWatch, kRun).ok();
  if (!is_watched_) {
    lost_guardian_ = true;
    CloseConnection();
  }
  observer_.OnStarted(pid, started_at);
}

void SweepContainer::OnSpawnFailed(const core::OsError& error) {
  CloseConnection();
  observer_.OnSpawnFailed(error);
}

void SweepContainer::OnLeaderExited(const core::ExitStatus& status) {
  leader_gone_ = true;
  observer_.OnLeaderExited(status);
}

void SweepContainer::OnLeaderLost(const core::OsError& error) {
  leader_gone_ = true;
  observer_.OnLeaderLost(error);
}

void SweepContainer::Command(SweepMessage type) {
  if (follows() && !connection_.Send(wire::SweepCommand{}, type, kRun).ok()) LoseGuardian();
}

std::optional<core::StopStep> SweepContainer::SignalSoft(Instant now) {
  std::optional<core::StopStep> step = group_.SignalSoft(now);
  was_signalled_ = was_signalled_ || step.has_value();
  if (!leader_gone_ || !follows()) return step;
  was_signalled_ = true;
  wire::Signal message{};
  message.number = SIGTERM;
  if (!connection_.Send(message, SweepMessage::kSignal, kRun).ok()) LoseGuardian();
  return core::StopStep{"SIGTERM", core::SignalScope::kTree, now};
}

std::optional<core::StopStep> SweepContainer::SignalHard(Instant now) {
  // First the guardian: whoever has left the group is looked for while those that have not are still there to be seen.
  const bool is_followed = follows();
  is_killing_ = true;
  Command(SweepMessage::kKill);
  std::optional<core::StopStep> step = group_.SignalHard(now);
  was_signalled_ = was_signalled_ || step.has_value() || is_followed;
  return is_followed ? std::optional(core::StopStep{"SIGKILL", core::SignalScope::kTree, now}) : step;
}

void SweepContainer::KeepMembers() {
  group_.KeepMembers();
  keeps_members_ = true;
  if (stragglers_ != core::StragglerPolicy::kLeave) return;
  Command(SweepMessage::kLetGo);
  CloseConnection();
}

void SweepContainer::Probe(Instant now) {
  told_occupied_ = false;
  group_.Probe(now);
}

void SweepContainer::ReapLeader(Instant now) {
  told_occupied_ = false;
  group_.ReapLeader(now);
}

void SweepContainer::OnContainerOccupied() { TellOccupied(); }

/// Once for each question: after that only the end is news.
void SweepContainer::TellOccupied() {
  if (std::exchange(told_occupied_, true)) return;
  observer_.OnContainerOccupied();
}

void SweepContainer::OnContainerEmpty() {
  if (follows()) return Ask(core::MonotonicNow());
  observer_.OnContainerEmpty();
}

void SweepContainer::Ask(Instant now) {
  asked_ = true;
  asked_at_ = now;
  wake_at_ = now + core::kShimAnswerLimit;
  Command(SweepMessage::kProbe);
}

void SweepContainer::OnReady(Instant now) {
  group_.OnReady(now);
  while (connection_.is_open()) {
    core::Result<const wire::Members*> next = connection_.Next();
    if (connection_.is_confirmed()) guardian_->NoteUse();
    if (!next.ok()) return LoseGuardian();
    if (next.value() == nullptr) return;
    Hear(*next.value());
  }
}

void SweepContainer::Hear(const wire::Members& message) {
  members_.clear();
  for (std::uint32_t i = 0; i < message.record_count; ++i) {
    members_.push_back(ToSurvivor(message.records[i]));
    const core::NamedProcess& process = members_.back().process;
    if (leader_gone_ && stragglers_seen_.size() < core::kNamedProcesses) {
      stragglers_seen_.insert_or_assign(process.pid, process);
    }
  }
  if (!asked_) return;
  if (message.empty != 0) {
    asked_ = false;
    wake_at_ = core::kNever;
    return observer_.OnContainerEmpty();
  }
  // Asked again from time to time, until nobody is left.
  wake_at_ = core::MonotonicNow() + (keeps_members_ ? core::kKeptPollLongest : core::kMemberPollLongest);
  TellOccupied();
}

void SweepContainer::LoseGuardian() {
  CloseConnection();
  lost_guardian_ = true;
  wake_at_ = core::kNever;
  if (!asked_) return;
  asked_ = false;
  observer_.OnContainerEmpty();
}

Instant SweepContainer::wake_at() const { return std::min(group_.wake_at(), wake_at_); }

void SweepContainer::OnWake(Instant now) {
  if (group_.wake_at() <= now) group_.OnWake(now);
  if (wake_at_ > now || !asked_) return;
  // A guardian that somebody stopped answers nothing.
  const bool is_silent = now - asked_at_ >= core::kShimAnswerLimit;
  Ask(now);
  if (is_silent) TellOccupied();
}

ContainerReport SweepContainer::Report() {
  ContainerReport report = group_.Report();
  report.mechanism = is_watched_ ? core::Mechanism::kSweep : core::Mechanism::kGroup;
  // Whom it saw outside the group, a guardian that is gone can no longer say the end of.
  const bool loses_sight = lost_guardian_ && is_watched_;
  report.when_empty = loses_sight ? core::CleanupStatus::kUnconfirmed : core::CleanupStatus::kConfirmedGroupOnly;
  const auto is_named = [](const auto& list, std::int64_t pid, const auto& pid_of) {
    return std::ranges::any_of(list, [&](const auto& entry) { return pid_of(entry) == pid; });
  };
  const auto pid_of_survivor = [](const core::Survivor& survivor) { return survivor.process.pid; };
  const auto pid_of_process = [](const core::NamedProcess& process) { return process.pid; };
  for (const core::Survivor& member : members_) {
    if (!is_named(report.survivors, member.process.pid, pid_of_survivor)) report.survivors.push_back(member);
  }
  if (!was_signalled_) return report;
  for (const auto& [pid, process] : stragglers_seen_) {
    const bool is_alive = is_named(report.survivors, pid, pid_of_survivor);
    if (!is_alive && !is_named(report.killed, pid, pid_of_process)) report.killed.push_back(process);
  }
  return report;
}

}  // namespace custody::platform
