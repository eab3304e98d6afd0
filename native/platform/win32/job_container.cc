#include "platform/win32/job_container.h"

#include <algorithm>

#include "platform/win32/exit_code.h"
#include "platform/win32/process_name.h"
#include "platform/win32/soft_stop.h"
#include "platform/win32/spawn_request.h"
#include "platform/win32/spawn_win32.h"
#include "platform/win32/win32_error.h"

namespace custody::platform {

using core::Instant;

JobContainer::~JobContainer() {
  if (leader_process_.is_valid()) poller_.Remove(leader_process_.get());
  poller_.ForgetJob(job_number_);
}

void JobContainer::Launch(const core::LaunchSpec& spec, ChildStdio stdio) {
  limits_ = spec.limits;
  lets_stragglers_go_ = spec.plan.stragglers == core::StragglerPolicy::kLeave;
  core::Result<SpawnRequest> request = MakeSpawnRequest(spec);
  if (!request.ok()) return observer_.OnSpawnFailed(request.error());
  core::Result<std::uintptr_t> number = poller_.WatchJob(job_.raw(), token_);
  if (!number.ok()) return observer_.OnSpawnFailed(number.error());
  job_number_ = number.value();

  core::Result<SpawnedProcess> spawned = SpawnProcess(request.value(), stdio, job_.raw());
  const Instant now = core::MonotonicNow();
  if (!spawned.ok()) return observer_.OnSpawnFailed(spawned.error());
  leader_process_ = std::move(spawned.value().process);
  leader_pid_ = spawned.value().pid;
  shares_console_ = spawned.value().shares_console;
  resolved_file_ = std::move(request.value().resolved_file);
  leader_ = Leader::kRunning;
  // Without a watch the leader is looked at, as often as a group without one would be.
  if (!poller_.WatchObject(leader_process_.get(), token_).ok()) PollAgain(now);
  observer_.OnStarted(leader_pid_, now);
}

void JobContainer::OnReady(Instant now) {
  const JobNews news = poller_.TakeNews(job_number_);
  if (news.breached != core::ResourceLimit::kNone && !breach_told_) {
    breach_told_ = true;
    observer_.OnLimitBreached(job_.Describe(news.breached, limits_));
  }
  if (leader_ == Leader::kRunning) return LookAtLeader();
  if (looking_ && news.reached_zero) LookForMembers(now);
}

void JobContainer::OnWake(Instant now) {
  wake_at_ = core::kNever;
  if (leader_ == Leader::kRunning) {
    LookAtLeader();
    if (leader_ == Leader::kRunning) PollAgain(now);
  } else if (looking_) {
    LookForMembers(now);
  }
}

void JobContainer::LookAtLeader() {
  const HANDLE process = RawHandle(leader_process_);
  if (::WaitForSingleObject(process, 0) != WAIT_OBJECT_0) return;
  leader_ = Leader::kDead;
  poller_.Remove(leader_process_.get());
  DWORD code = 0;
  if (!::GetExitCodeProcess(process, &code)) return observer_.OnLeaderLost(LastError("exit-code"));
  observer_.OnLeaderExited(ToExitStatus(code, terminated_, kTerminatedCode));
}

std::optional<core::StopStep> JobContainer::SignalSoft(Instant now) {
  // Both where both can be had: a console program started by a windowed one hears the break, the other one the message.
  const bool broke = leader_ == Leader::kRunning && shares_console_ && SendConsoleBreak(leader_pid_);
  const bool closed = CloseWindowsOf(Members());
  if (broke) return core::StopStep{"CTRL_BREAK", core::SignalScope::kGroup, now};
  if (closed) return core::StopStep{"WM_CLOSE", core::SignalScope::kTree, now};
  return std::nullopt;
}

std::optional<core::StopStep> JobContainer::SignalHard(Instant now) {
  if (leader_ == Leader::kNone) return std::nullopt;
  if (leader_ == Leader::kDead) NoteMembers();
  terminated_ = true;
  job_.Terminate();
  poll_wait_ = 0;
  longest_poll_ = core::kMemberPollLongest;
  if (looking_) wake_at_ = now;
  return core::StopStep{"TerminateJobObject", core::SignalScope::kTree, now};
}

void JobContainer::NoteMembers() {
  for (const std::uint32_t pid : Members()) {
    if (ended_members_.size() < core::kNamedProcesses) ended_members_.insert_or_assign(pid, NameProcess(pid));
  }
}

std::vector<std::uint32_t> JobContainer::Members() const {
  std::vector<std::uint32_t> pids = job_.Members();
  if (leader_ == Leader::kDead) std::erase(pids, leader_pid_);
  std::erase_if(pids, IsConsoleHost);
  return pids;
}

void JobContainer::Probe(Instant now) {
  looking_ = true;
  occupied_told_ = false;
  poll_wait_ = 0;
  LookForMembers(now);
}

void JobContainer::ReapLeader(Instant now) { Probe(now); }

void JobContainer::KeepMembers() {
  longest_poll_ = core::kKeptPollLongest;
  if (lets_stragglers_go_) job_.LetMembersGo();
}

void JobContainer::LookForMembers(Instant now) {
  const std::optional<std::uint32_t> active = job_.CountActive();
  // After a stop every member is looked at as well: Wine 8 counts some that never came to run (README.md).
  if (active == 0U || (terminated_ && job_.HaveAllEnded())) {
    looking_ = false;
    wake_at_ = core::kNever;
    observer_.OnContainerEmpty();
    return;
  }
  PollAgain(now);
  // What is counted for a moment longer, the leader and a console's helper, is nobody to be named.
  if (occupied_told_ || (active.has_value() && Members().empty())) return;
  occupied_told_ = true;
  observer_.OnContainerOccupied();
}

void JobContainer::PollAgain(Instant now) {
  poll_wait_ = std::clamp(poll_wait_ * 2, core::kMemberPollFirst, longest_poll_);
  wake_at_ = now + poll_wait_;
}

ContainerReport JobContainer::Report() {
  ContainerReport report;
  report.mechanism = core::Mechanism::kJob;
  report.when_empty = core::CleanupStatus::kConfirmed;
  report.leader_reaped = leader_ == Leader::kDead;
  report.usage = job_.ReadUsage();
  const core::SurvivorReason why = terminated_ ? core::SurvivorReason::kDeadline : core::SurvivorReason::kUnknown;
  for (const std::uint32_t pid : Members()) {
    ended_members_.erase(pid);
    if (report.survivors.size() < core::kNamedProcesses) report.survivors.push_back({NameProcess(pid), why});
  }
  for (const auto& [pid, member] : ended_members_) report.killed.push_back(member);
  return report;
}

}  // namespace custody::platform
