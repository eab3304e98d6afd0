// What a message asks a shim for, and what the shim learns of its children.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "guardian/datagram.h"
#include "guardian/kernel_calls.h"
#include "guardian/launch_leader.h"
#include "guardian/monotonic.h"
#include "guardian/rusage_units.h"
#include "guardian/shim.h"
#include "platform/posix/child_limits.h"

namespace custody::guardian {

using core::wire::StartStage;

void Shim::RefuseLaunch(int error, StartStage stage) {
  refusal_ = error;
  refusal_stage_ = stage;
  due_ |= kDueNotStarted;
  served_one_ = seat_.kind == core::wire::ShimKind::kNamespace;
}

int Shim::ReadText(const core::wire::Launch& launch, Datagram& datagram, LaunchText& text) {
  std::span<char> bytes;
  if (HasMemfd(launch)) {
    const int memfd = datagram.descriptors[datagram.descriptor_count - 1];
    if (!text_.Resize(static_cast<std::size_t>(launch.text_bytes))) return ENOMEM;
    for (std::size_t done = 0; done < text_.size();) {
      const ssize_t count = RetryOnEintr(
          [&] { return ::pread(memfd, text_.data() + done, text_.size() - done, static_cast<off_t>(done)); });
      if (count <= 0) {
        const int error = count == 0 ? EINVAL : errno;  // EINVAL: shorter than was said
        return error == 0 ? EIO : error;
      }
      done += static_cast<std::size_t>(count);
    }
    bytes = {text_.data(), text_.size()};
  } else {
    auto* const first = reinterpret_cast<char*>(inbox_.data()) + sizeof(core::wire::Launch);
    bytes = {first, static_cast<std::size_t>(launch.text_bytes)};
  }
  if (!pointers_.Resize(PointerCount(launch))) return ENOMEM;
  return SplitText(launch, bytes, {pointers_.data(), pointers_.size()}, text) ? 0 : EINVAL;
}

void Shim::Launch(Datagram& datagram, const core::wire::Launch& launch) {
  run_ = Run{};
  run_.number = launch.header.run;
  LeaderOrder order;
  if (const int error = ReadText(launch, datagram, order.text); error != 0) {
    return RefuseLaunch(error, StartStage::kRead);
  }
  const ProcPath host_directory(seat_.host.pid(), "/cwd");
  char here[] = ".";
  if (*order.text.directory == '\0') {
    order.text.directory = seat_.in_host_directory ? here : const_cast<char*>(host_directory.text());
  }
  for (std::size_t i = 0; i < order.stdio.size(); ++i) order.stdio[i] = datagram.descriptors[i];
  if (HasTerminal(launch)) order.terminal = datagram.descriptors[order.stdio.size()];
  order.limits = launch.limits;
  if (seat_.cgroup_base != -1 && leaf_.Make(seat_.cgroup_base, ::getpid(), ++leaf_count_) == 0) {
    leaf_.Apply(launch.limits);
    order.cgroup = leaf_.folder();
  }
  order.umask = launch.umask;
  order.user = launch.user;
  order.group = launch.group;
  run_.started_at = Now();
  const LeaderStart start = LaunchLeader(order);
  if (start.pid == -1) {
    leaf_.Remove();
    return RefuseLaunch(start.error, start.stage);
  }
  run_.is_active = true;
  nothing_left_ = false;
  no_child_ = false;
  run_.leader = start.pid;
  run_.leader_in_proc = start.pid;
  run_.tells_stops = (launch.flags & core::wire::kTellsStops) != 0;
  if ((launch.flags & core::wire::kTellsStartAtOnce) != 0) due_ |= kDueStarted;
  run_.limits = launch.limits;
  limits_.Begin(launch.limits, run_.started_at);
  if (seat_.kind == core::wire::ShimKind::kNamespace) {
    // /proc is the host's, so our only child stands there with the number the host knows.
    GrowableArray<pid_t> children;
    AddChildren(0, children);
    run_.leader_in_proc = children.is_empty() ? 0 : children[0];
  }
}

void Shim::SignalRun(int number) {
  if (!run_.leader_gone) {
    if (run_.leader <= 1) return;
    if (number != SIGCONT) run_.owed_signal = number;
    // Unreaped, so both the pid and the group's number are still the leader's.
    ::kill(-run_.leader, number);
    if (::getpgid(run_.leader) != run_.leader) ::kill(run_.leader, number);
    return;
  }
  run_.names_ended = true;
  const bool reaches_all = seat_.kind == core::wire::ShimKind::kNamespace && ::getpid() == 1;
  DescendantWalk walk(owner_);
  ProcessStat stat;
  while (walk.Next(stat)) {
    NameEnded(stat);
    if (!reaches_all) SignalPinned(stat, number);
  }
  if (reaches_all) ::kill(-1, number);
}

void Shim::SignalOutsiders() {
  const int number = run_.owed_signal;
  run_.owed_signal = 0;
  // From within a namespace /proc shows numbers that are others' here.
  if (seat_.kind == core::wire::ShimKind::kNamespace) {
    if (::getpid() == 1) ::kill(-1, number);
    return;
  }
  DescendantWalk walk(owner_);
  ProcessStat stat;
  run_.names_ended = true;
  while (walk.Next(stat)) {
    if (stat.group == run_.leader_in_proc) continue;
    NameEnded(stat);
    SignalPinned(stat, number);
  }
}

void Shim::BeginKill() {
  if (!run_.is_active || kill_.is_running()) return;
  const core::Instant now = Now();
  run_.names_ended = run_.names_ended || run_.leader_gone;
  run_.next_report = now + core::wire::kSurvivorPeriod;
  if (leaf_.exists()) {
    // Named first: after the write they are gone.
    if (run_.names_ended) {
      DescendantWalk walk(owner_);
      ProcessStat stat;
      while (walk.Next(stat)) NameEnded(stat);
    }
    leaf_.Kill();
  }
  const bool has_namespace = seat_.kind == core::wire::ShimKind::kNamespace;
  kill_.Begin(owner_, has_namespace ? KillMethod::kNamespace : KillMethod::kPinned, now);
}

void Shim::NameEnded(const ProcessStat& stat) {
  if (!run_.names_ended) return;
  const std::size_t known = std::min<std::size_t>(run_.ended_count, ended_.size());
  for (std::size_t i = 0; i < known; ++i) {
    if (ended_[i].pid == stat.pid) return;
  }
  if (known < ended_.size()) ended_[known] = RecordOf(stat, core::SurvivorReason::kUnknown);
  ++run_.ended_count;
}

bool Shim::Reap() {
  for (;;) {
    int status = 0;
    rusage used{};
    const int options = WNOHANG | __WALL | (run_.tells_stops ? WUNTRACED : 0);
    const pid_t pid = RetryOnEintr([&] { return ::wait4(-1, &status, options, &used); });
    if (pid <= 0) {
      no_child_ = pid == -1 && errno == ECHILD;
      break;
    }
    Count(pid, status, used);
  }
  if (no_child_ && run_.is_active && !run_.leader_gone) {
    // Cannot be: the leader is our child until it is counted.
    run_.leader_gone = true;
    run_.leader_lost = true;
    run_.ended_at = Now();
    due_ |= kDueExited;
  }
  nothing_left_ = no_child_ && (!leaf_.exists() || leaf_.IsEmpty());
  if (no_child_ && !nothing_left_) leaf_.Kill();
  return nothing_left_;
}

/// What members use together is looked at from here and not from the host, which may be busy or stopped.
void Shim::WatchLimits(core::Instant now) {
  if (link_ != Link::kOpen || nothing_left_ || kill_.is_running()) return;
  if (now >= limits_.wake_at()) {
    NoteBreach(limits_.Look(owner_, run_.usage));
    if (leaf_.exists()) NoteBreach(leaf_.MemoryBreach(run_.limits));
  }
  if (run_.breach.limit != core::ResourceLimit::kNone) BeginKill();
}

void Shim::NoteBreach(const core::LimitBreach& breach) {
  if (breach.limit == core::ResourceLimit::kNone || run_.breach.limit != core::ResourceLimit::kNone) return;
  // What our own kill ends may look like a breach.
  if (kill_.is_running() || link_ != Link::kOpen) return;
  run_.breach = breach;
  due_ |= kDueBreach;
}

void Shim::Count(pid_t pid, int status, const rusage& used) {
  if (WIFSTOPPED(status)) {
    // The freeze stops the leader too; that is no news.
    if (pid != run_.leader || kill_.is_running()) return;
    run_.stop_signal = WSTOPSIG(status);
    due_ |= kDueSuspended;
    return;
  }
  // A process's figures include those of the children that it collected itself, so the sum counts everyone once.
  core::wire::TreeUsage& usage = run_.usage;
  usage.user_us += MicrosOf(used.ru_utime);
  usage.system_us += MicrosOf(used.ru_stime);
  usage.peak_rss_bytes = std::max<std::int64_t>(usage.peak_rss_bytes, used.ru_maxrss * kBytesPerKilobyte);
  ++usage.processes;
  if (pid != run_.leader || run_.leader_gone) return;
  run_.leader_gone = true;
  run_.ended_at = Now();
  run_.status = status;
  run_.leader_usage = used;
  if (WIFSIGNALED(status)) {
    constexpr std::int64_t kMicrosPerMilli = 1'000;
    const std::int64_t cpu_us = MicrosOf(used.ru_utime) + MicrosOf(used.ru_stime);
    NoteBreach(
        platform::BreachByDeath(run_.limits, WTERMSIG(status), static_cast<std::uint64_t>(cpu_us / kMicrosPerMilli)));
    // The kernel may have been faster than a look: with memory.oom.group it ends the whole leaf.
    if (leaf_.exists()) NoteBreach(leaf_.MemoryBreach(run_.limits));
  }
  due_ &= ~static_cast<std::uint32_t>(kDueStarted | kDueSuspended);
  due_ |= kDueExited;
}

}  // namespace custody::guardian
