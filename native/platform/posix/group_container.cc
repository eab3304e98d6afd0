#include "platform/posix/group_container.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "core/limits.h"
#include "platform/posix/child_limits.h"
#include "platform/posix/child_wait.h"
#include "platform/posix/pinned_process.h"
#include "platform/posix/posix_error.h"
#include "platform/posix/process_calls.h"
#include "platform/posix/spawn.h"
#include "platform/posix/spawn_request.h"

namespace custody::platform {

namespace {

using core::Instant;

core::ExitStatus ToExitStatus(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return {core::ExitStatus::Kind::kExited, info.si_status, false};
  return {core::ExitStatus::Kind::kSignaled, info.si_status, info.si_code == CLD_DUMPED};
}

}  // namespace

GroupContainer::GroupContainer(Poller& poller, PollToken token, ContainerObserver& observer, GroupEntry entry)
    : poller_(poller), token_(token), observer_(observer), entry_(std::move(entry)) {}

GroupContainer::~GroupContainer() {
  Unwatch();
  // A container that was given up while its leader lay unreaped must not leave a zombie in the host.
  if (leader_ == Leader::kDead) CollectLeader();
}

void GroupContainer::Launch(const core::LaunchSpec& spec, ChildStdio stdio) {
  core::Result<SpawnRequest> made = MakeSpawnRequest(spec, stdio);
  if (!made.ok()) return observer_.OnSpawnFailed(made.error());
  SpawnRequest& request = made.value();
  limits_ = spec.limits;
  stragglers_ = spec.plan.stragglers;
  if (stdio.inherits_stdin) terminal_.Find(stdio);
  request.terminal = terminal_.promised();
  request.changed_signals = ChangedSignals();
  request.group_slot = entry_.slot();

  // Before: once it has begun, it may be long until this thread goes on.
  const Instant now = core::MonotonicNow();
  core::Result<Spawned> spawned = SpawnHere(request);
  if (!spawned.ok()) {
    terminal_.TakeBack(false);
    entry_.GiveBack();
    return observer_.OnSpawnFailed(ExplainSpawnFailure(spawned.error(), request));
  }
  resolved_file_ = std::move(request.path);
  group_ = spawned.value().pid;
  exit_handle_ = std::move(spawned.value().exit_handle);
  limits_leader_ = spawned.value().has_limits;
  leader_ = Leader::kRunning;
  WatchLeader(now);
  observer_.OnStarted(group_, now);
}

void GroupContainer::WatchLeader(Instant now) {
  const bool watched = exit_handle_.is_valid() && poller_.Add(exit_handle_.get(), Interest::kReadable, token_).ok();
  if (!watched) exit_handle_.Close();
  if (!watched) {
    PollAgain(now);
  } else if (terminal_.has_terminal()) {
    wake_at_ = now + core::kSuspendPoll;
  }
}

void GroupContainer::OnReady(Instant /*now*/) { PeekLeader(); }

void GroupContainer::OnWake(Instant now) {
  wake_at_ = core::kNever;
  if (leader_ == Leader::kRunning || leader_ == Leader::kSuspended) {
    if (!exit_handle_.is_valid() && PeekLeader()) return;
    if (terminal_.has_terminal() && leader_ == Leader::kRunning) LookForSuspension();
    if (!exit_handle_.is_valid()) {
      PollAgain(now);
    } else if (terminal_.has_terminal()) {
      wake_at_ = now + core::kSuspendPoll;
    }
    return;
  }
  if (looking_) LookForMembers(now);
}

bool GroupContainer::PeekLeader() {
  if (leader_ != Leader::kRunning && leader_ != Leader::kSuspended) return true;
  siginfo_t info{};
  core::Usage used;
  if (WaitForChild(group_, &info, WEXITED | WNOHANG | WNOWAIT, &used) == -1) {
    // Somebody else collected our child, or the host ignores SIGCHLD. The number is no longer ours.
    const core::OsError error = LastError("waitid");
    leader_ = Leader::kReaped;
    entry_.Hide();
    Unwatch();
    terminal_.TakeBack(false);
    observer_.OnLeaderLost(error);
    return true;
  }
  if (info.si_pid == 0) return false;
  leader_ = Leader::kDead;
  usage_ = used;
  Unwatch();
  const core::ExitStatus status = ToExitStatus(info);
  terminal_.TakeBack(status.kind == core::ExitStatus::Kind::kSignaled);
  TellBreach(status);
  observer_.OnLeaderExited(status);
  return true;
}

/// Whom an rlimit ended has exceeded it. Nobody watches what the others of the group use.
void GroupContainer::TellBreach(const core::ExitStatus& status) {
  if (status.kind != core::ExitStatus::Kind::kSignaled || signalled_ || !limits_leader_) return;
  const auto cpu_ms = static_cast<std::uint64_t>(usage_.user_ms + usage_.system_ms);
  const core::LimitBreach breach = BreachByDeath(limits_, static_cast<int>(status.value), cpu_ms);
  if (breach.limit != core::ResourceLimit::kNone) observer_.OnLimitBreached(breach);
}

void GroupContainer::Unwatch() {
  if (!exit_handle_.is_valid()) return;
  poller_.Remove(exit_handle_.get());
  exit_handle_.Close();
}

void GroupContainer::LookForSuspension() {
  siginfo_t info{};
  if (WaitForChild(group_, &info, WSTOPPED | WNOHANG, nullptr) == -1 || info.si_pid == 0) return;
  // It wanted the terminal a moment before it got it, or before the shell brought the host to the foreground.
  const bool wants_terminal = info.si_status == SIGTTIN || info.si_status == SIGTTOU;
  if (wants_terminal && terminal_.LendTo(group_)) return SignalGroup(SIGCONT);
  if (signalled_) return;  // it is being stopped: nobody should wait for it to be continued
  leader_ = Leader::kSuspended;
  terminal_.TakeBack(false);
  observer_.OnLeaderSuspended();
}

void GroupContainer::Resume() {
  if (leader_ != Leader::kRunning && leader_ != Leader::kSuspended) return;
  terminal_.LendTo(group_);
  if (leader_ != Leader::kSuspended) return;
  leader_ = Leader::kRunning;
  SignalGroup(SIGCONT);
}

void GroupContainer::SignalGroup(int number) {
  // 1 and below address init, the host's own group or everybody.
  if (group_ > 1) ::kill(-group_, number);
}

std::optional<core::StopStep> GroupContainer::SignalSoft(Instant now) { return Signal(SIGTERM, "SIGTERM", now); }

std::optional<core::StopStep> GroupContainer::SignalHard(Instant now) {
  kills_on_sight_ = true;
  poll_wait_ = 0;
  longest_poll_ = core::kMemberPollLongest;
  if (looking_) wake_at_ = now;
  return Signal(SIGKILL, "SIGKILL", now);
}

std::optional<core::StopStep> GroupContainer::Signal(int number, const char* name, Instant now) {
  if (leader_ == Leader::kNone) return std::nullopt;
  const core::StopStep step{name, core::SignalScope::kGroup, now};
  if (leader_ == Leader::kReaped)
    return SignalMembers(number, FindGroupMembers(group_)) ? std::optional(step) : std::nullopt;
  if (leader_ == Leader::kDead) {
    for (const ProcessEntry& member : FindGroupMembers(group_).living) Note(member);
  }
  signalled_ = true;
  SignalGroup(number);
  // A leader may have moved to another group. It is unreaped, so its own number is ours as well.
  if (leader_ != Leader::kDead && group_ > 1 && ::getpgid(group_) != group_) ::kill(group_, number);
  // A stopped process takes nothing else, and one that uses a terminal may have stopped since anybody looked.
  if (number != SIGKILL && terminal_.has_terminal()) SignalGroup(SIGCONT);
  return step;
}

bool GroupContainer::SignalMembers(int number, const GroupMembers& members) {
  bool sent = false;
  if (members.leader_exists) return sent;  // the number has been given away, so none of ours is left
  for (const ProcessEntry& member : members.living) {
    if (!SignalPinned(member, number)) continue;
    Note(member);
    sent = true;
  }
  return sent;
}

void GroupContainer::Note(const ProcessEntry& member) {
  if (signalled_members_.size() < core::kNamedProcesses) signalled_members_.insert_or_assign(member.pid, member);
}

void GroupContainer::Probe(Instant now) {
  looking_ = true;
  occupied_told_ = false;
  LookForMembers(now);
}

void GroupContainer::ReapLeader(Instant now) {
  may_reap_ = true;
  Probe(now);
}

void GroupContainer::KeepMembers() {
  longest_poll_ = core::kKeptPollLongest;
  if (stragglers_ == core::StragglerPolicy::kLeave) entry_.GiveBack();
  if (leader_ == Leader::kDead) CollectLeader();
}

void GroupContainer::CollectLeader() {
  siginfo_t info{};
  leader_reaped_ = WaitForChild(group_, &info, WEXITED | WNOHANG, nullptr) == 0 && info.si_pid == group_;
  leader_ = Leader::kReaped;
}

bool GroupContainer::HasMembers() {
  if (group_ <= 1) return false;
  if (leader_ == Leader::kDead) {
    if (!SeemsEmptyBesideLeader()) return true;
    if (!may_reap_) return false;
    // The last moment at which the number is surely ours. After a stop nobody may stay, and where members cannot be
    // pinned one by one there will be no other way to end them.
    const bool spares_stragglers = stragglers_ != core::StragglerPolicy::kKill;
    if (signalled_ || (!MembersCanBePinned() && !spares_stragglers)) SignalGroup(SIGKILL);
    entry_.Hide();
    CollectLeader();
  }
  // Exact, now that no zombie answers for the group.
  if (leader_ == Leader::kReaped && ::kill(-group_, 0) == -1 && errno == ESRCH) return false;
  const GroupMembers members = FindGroupMembers(group_);
  if (!members.readable) return true;  // somebody answers and cannot be looked at
  if (members.leader_exists || members.living.empty()) return false;
  entry_.Name(group_);
  if (kills_on_sight_) SignalMembers(SIGKILL, members);
  return true;
}

bool GroupContainer::SeemsEmptyBesideLeader() {
  if (LeaderSeemsAlone(group_)) return true;
  const GroupMembers members = FindGroupMembers(group_);
  // Unreadable although the table can be read: it grows faster than it can be looked at.
  if (members.readable ? members.living.empty() : !MembersCanBePinned()) return true;
  if (kills_on_sight_) SignalGroup(SIGKILL);
  return false;
}

void GroupContainer::LookForMembers(Instant now) {
  if (!HasMembers()) {
    looking_ = false;
    wake_at_ = core::kNever;
    if (leader_ == Leader::kReaped) entry_.GiveBack();
    observer_.OnContainerEmpty();
    return;
  }
  PollAgain(now);
  if (occupied_told_) return;
  occupied_told_ = true;
  observer_.OnContainerOccupied();
}

void GroupContainer::PollAgain(Instant now) {
  poll_wait_ = std::clamp(poll_wait_ * 2, core::kMemberPollFirst, longest_poll_);
  wake_at_ = now + poll_wait_;
}

ContainerReport GroupContainer::Report() {
  ContainerReport report;
  report.mechanism = core::Mechanism::kGroup;
  report.when_empty = core::CleanupStatus::kConfirmedGroupOnly;
  report.leader_reaped = leader_reaped_;
  report.usage = usage_;
  std::vector<ProcessEntry> living;
  if (looking_) living = FindGroupMembers(group_).living;
  if (leader_ == Leader::kRunning || leader_ == Leader::kSuspended) {
    living = FindGroupMembers(group_).living;
    if (ProcessEntry leader = ReadProcess(group_); leader.pid != 0) living.push_back(std::move(leader));
  }
  for (const ProcessEntry& member : living) {
    signalled_members_.erase(member.pid);
    if (report.survivors.size() == core::kNamedProcesses) continue;
    report.survivors.push_back({{member.pid, member.name, member.state}, WhyAlive(member, kills_on_sight_)});
  }
  for (const auto& [pid, member] : signalled_members_) report.killed.push_back({pid, member.name, member.state});
  return report;
}

}  // namespace custody::platform
