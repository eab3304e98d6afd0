#include "guardian/kill_loop.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "guardian/kernel_calls.h"
#include "guardian/monotonic.h"

namespace custody::guardian {

namespace {

using core::kNanosPerMilli;

/// What cannot be brought to a stop in this time is killed as it is: measured, storms of 160 are still within 10-100 ms.
constexpr core::Nanos kFreezeBudget = 250 * kNanosPerMilli;
/// The owner hears of messages and of the host's end this often.
constexpr core::Nanos kSlice = 10 * kNanosPerMilli;
/// Uninterruptible waits (the parent of a vfork is in one) do not show as stopped. After this time the signal is pending for
/// certain, and such a process stops before it can fork.
constexpr core::Nanos kPendingFor = 5 * kNanosPerMilli;
constexpr core::Nanos kFirstPause = kNanosPerMilli / 20;
constexpr core::Nanos kLongestPause = 10 * kNanosPerMilli;
/// What resisted this long is looked at less often; the end of a child wakes us in any case.
constexpr core::Nanos kStubbornAfter = 5'000 * kNanosPerMilli;
constexpr core::Nanos kStubbornPause = 100 * kNanosPerMilli;
constexpr int kQuietPasses = 2;

bool HasEnded(int pidfd) {
  pollfd wanted{pidfd, POLLIN, 0};
  return RetryOnEintr([&] { return ::poll(&wanted, 1, 0); }) > 0;
}

int SignalBy(const Descriptor& pidfd, pid_t pid, int number) {
  const int sent = pidfd.is_valid() ? PidfdSignal(pidfd.get(), number) : ::kill(pid, number);
  return sent == 0 ? 0 : errno;
}

enum class Sight { kAlive, kGone, kNotSeen };

Sight LookFor(const Member& member, ProcessStat& stat) {
  if (!ReadStat(member.pid, stat)) return IsGoneByErrno() ? Sight::kGone : Sight::kNotSeen;
  return stat.start_time == member.start_time && !stat.is_dead() ? Sight::kAlive : Sight::kGone;
}

}  // namespace

void KillLoop::Begin(const TreeOwner& owner, KillMethod method, core::Instant now) {
  if (is_running()) return;
  owner_ = &owner;
  method_ = method;
  began_at_ = now;
  BeginFreezing(now);
  pause_ = kFirstPause;
  self_ = ::getpid();
}

void KillLoop::BeginFreezing(core::Instant now) {
  phase_ = Phase::kFreezing;
  freezing_since_ = now;
  quiet_passes_ = 0;
  wake_at_ = now;
}

void KillLoop::End() {
  owner_ = nullptr;
  members_.Release();
  children_.Release();
}

bool KillLoop::WasRefused(pid_t pid) const {
  const std::size_t index = members_.Find(pid);
  return index != MemberTable::kNone && const_cast<MemberTable&>(members_)[index].refused;
}

void KillLoop::Step(core::Instant now) {
  if (!is_running() || now < wake_at_) return;
  if (owner_->reap(owner_->self)) {
    End();
    return;
  }
  if (method_ == KillMethod::kNamespace) {
    KillNamespace();
  } else if (phase_ == Phase::kFreezing) {
    Freeze();
  } else {
    Sweep();
  }
  if (is_running() && owner_->reap(owner_->self)) End();
}

void KillLoop::Freeze() {
  const core::Instant slice_end = Now() + kSlice;
  for (;;) {
    quiet_passes_ = FreezePass() ? quiet_passes_ + 1 : 0;
    const core::Instant now = Now();
    if (quiet_passes_ >= kQuietPasses || now >= freezing_since_ + kFreezeBudget) {
      KillMembers();
      phase_ = Phase::kSweeping;
      BackOff();
      return;
    }
    owner_->reap(owner_->self);
    if (now >= slice_end) break;
    // Nothing new, but somebody has not come to a stop yet: leave the processor to those who have to.
    if (!found_new_ && may_fork_) SleepFor(kFirstPause / 2);
  }
  wake_at_ = Now();
}

bool KillLoop::FreezePass() {
  found_new_ = false;
  may_fork_ = false;
  // In the quiet passes everyone is looked at, those who cannot fork any more included.
  const bool looks_at_all = quiet_passes_ > 0;
  VisitChildren(0);
  // The table grows while it is walked: those just found are looked at in the same pass.
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!members_[i].gone && (looks_at_all || !members_[i].settled)) LookAt(i);
  }
  return !found_new_ && !may_fork_;
}

void KillLoop::LookAt(std::size_t index) {
  const Member member = members_[index];
  ProcessStat stat;
  switch (LookFor(member, stat)) {
    case Sight::kAlive:
      break;
    case Sight::kGone:
      members_[index].gone = true;
      members_[index].settled = true;
      return;
    case Sight::kNotSeen:
      may_fork_ = true;
      return;
  }
  // A main thread that ended first shows as a zombie whatever the others do.
  const bool shows_no_stop = stat.state == 'D' || stat.state == 'Z';
  const bool settled = member.refused || member.killed || stat.is_stopped() ||
                       (shows_no_stop && Now() - member.stopped_at >= kPendingFor);
  VisitChildren(member.pid);
  members_[index].settled = settled;
  if (!settled) may_fork_ = true;
}

void KillLoop::VisitChildren(pid_t parent) {
  children_.Clear();
  // What cannot be read may hide somebody who forks; it is nobody new.
  if (!AddChildren(parent, children_) && !IsGoneByErrno()) may_fork_ = true;
  for (const pid_t pid : children_) Visit(pid, parent);
}

void KillLoop::Visit(pid_t pid, pid_t parent) {
  ProcessStat stat;
  if (pid <= 1 || pid == self_ || owner_->Exempts(pid)) return;
  if (!ReadStat(pid, stat)) {
    if (!IsGoneByErrno()) may_fork_ = true;
    return;
  }
  if (stat.is_dead()) return;
  const std::size_t known = members_.Find(pid);
  if (known != MemberTable::kNone && members_[known].start_time == stat.start_time) return;
  const Descriptor pidfd(PidfdOpen(pid));
  if (!pidfd.is_valid() && errno == ESRCH) return;
  const unsigned long long first_seen = stat.start_time;
  if (!ReadStat(pid, stat) || stat.start_time != first_seen) {
    found_new_ = true;
    return;
  }
  // Dead: what was read may be a successor's. A stranger that got a pid of the list has another parent.
  if (pidfd.is_valid() && HasEnded(pidfd.get())) return;
  if (stat.parent != self_ && stat.parent != parent) {
    found_new_ = true;
    return;
  }
  found_new_ = true;
  if (owner_->on_found != nullptr) owner_->on_found(owner_->self, stat);
  const int error = SignalBy(pidfd, pid, SIGSTOP);
  Member member;
  member.pid = pid;
  member.start_time = stat.start_time;
  member.refused = error == EPERM;
  member.settled = member.refused;
  member.stopped_at = Now();
  // Without memory to know it by, it is killed at once; the sweep finds what it leaves.
  if (!members_.Put(member)) SignalBy(pidfd, pid, SIGKILL);
}

void KillLoop::KillMembers() {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    // Each is killed once: telling the dying again and again kept a processor busy for seconds.
    if (member.gone || member.killed) continue;
    ProcessStat stat;
    stat.pid = member.pid;
    stat.start_time = member.start_time;
    const int error = SignalPinned(stat, SIGKILL);
    member.gone = error == ESRCH;
    member.refused = error == EPERM;
    member.killed = error == 0;
  }
}

void KillLoop::Sweep() {
  found_new_ = false;
  VisitChildren(0);
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].gone) continue;
    ProcessStat stat;
    if (LookFor(members_[i], stat) == Sight::kGone) {
      members_[i].gone = true;
      continue;
    }
    VisitChildren(members_[i].pid);
  }
  // Whoever is new may be the first of a storm: a shim was lost meanwhile, or a fork was missed.
  if (found_new_) return BeginFreezing(Now());
  // Those that could not be signalled may have become what they were: a set-uid program that gave its rights up.
  KillMembers();
  BackOff();
}

void KillLoop::KillNamespace() {
  if (phase_ == Phase::kFreezing && owner_->on_found != nullptr) {
    DescendantWalk walk(*owner_);
    ProcessStat stat;
    while (walk.Next(stat)) owner_->on_found(owner_->self, stat);
  }
  phase_ = Phase::kSweeping;
  // From pid 1 of a namespace this reaches all of it and nothing else. Source: Linux kill(2), pid_namespaces(7).
  if (self_ == 1) ::kill(-1, SIGKILL);
  BackOff();
}

void KillLoop::BackOff() {
  const core::Instant now = Now();
  wake_at_ = now + pause_;
  pause_ = std::min(pause_ * 2, now - began_at_ > kStubbornAfter ? kStubbornPause : kLongestPause);
}

}  // namespace custody::guardian
