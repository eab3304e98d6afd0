#include "guardian/darwin/watched_run.h"

#include <sys/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/receipt.h"
#include "platform/darwin/signal_identity.h"

namespace custody::guardian {

namespace {

namespace wire = core::wire;
using core::kNanosPerMilli;
using wire::SweepMessage;

/// What cannot be brought to a stop in this time is killed as it is.
constexpr core::Nanos kFreezeBudget = 250 * kNanosPerMilli;
constexpr core::Nanos kFirstPause = kNanosPerMilli / 20;
constexpr core::Nanos kLongestPause = 10 * kNanosPerMilli;
constexpr int kQuietLooks = 2;

wire::ProcessRecord RecordOf(const Descendant& member, bool is_killing) {
  wire::ProcessRecord record{};
  record.pid = member.pid;
  proc_bsdshortinfo info{};
  record.state = platform::ReadShortInfo(member.pid, info) ? platform::StateLetter(info.pbsi_status) : '?';
  const std::size_t length = ::strnlen(info.pbsi_comm, std::min(sizeof info.pbsi_comm, sizeof record.name - 1));
  std::memcpy(record.name, info.pbsi_comm, length);
  const auto why = !is_killing         ? core::SurvivorReason::kUnknown
                   : member.is_refused ? core::SurvivorReason::kPermission
                                       : core::SurvivorReason::kDeadline;
  record.why = static_cast<std::uint8_t>(why);
  return record;
}

}  // namespace

WatchedRun::WatchedRun(int socket, int kqueue) : socket_(socket), kqueue_(kqueue) {
  const int yes = 1;
  ::setsockopt(socket_, SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
  wire::SweepCommand opened{};
  opened.header = {static_cast<std::uint16_t>(SweepMessage::kOpened), wire::kVersion, sizeof opened, 0, 0};
  (void)SendWhole(socket_, std::as_bytes(std::span(&opened, 1)));
}

WatchedRun::~WatchedRun() { CloseSocket(); }

void WatchedRun::CloseSocket() {
  if (socket_ != -1) ::close(socket_);  // its notes go with it
  socket_ = -1;
}

void WatchedRun::Hear(core::Instant now) {
  while (socket_ != -1) {
    const Arrival arrival = stream_.Next(socket_);
    if (arrival == Arrival::kNothing) return;
    if (arrival == Arrival::kEnd) return LoseHost(now);
    Handle(now);
  }
}

void WatchedRun::Handle(core::Instant now) {
  const auto type = static_cast<SweepMessage>(stream_.header().type);
  if (type == SweepMessage::kWatch && !is_watching_) {
    const auto* const watch = stream_.As<wire::Watch>();
    if (watch == nullptr || !lineage_.Begin(watch->unique_id)) return LoseHost(now);
    number_ = watch->header.run;
    is_watching_ = true;
    return;
  }
  if (!is_watching_) return LoseHost(now);
  switch (type) {
    case SweepMessage::kSignal: {
      const auto* const signal = stream_.As<wire::Signal>();
      if (signal != nullptr && signal->number > 0 && signal->number < NSIG) SignalAll(signal->number);
      return;
    }
    case SweepMessage::kKill:
      return BeginKill(now);
    case SweepMessage::kProbe:
      is_told_to_tell_ = true;
      return;
    case SweepMessage::kLetGo:
      is_watching_ = false;
      return CloseSocket();
    default:
      return LoseHost(now);
  }
}

void WatchedRun::LoseHost(core::Instant now) {
  CloseSocket();
  if (is_watching_) BeginKill(now);
}

void WatchedRun::BeginKill(core::Instant now) {
  if (is_killing()) return;
  next_report_ = now + wire::kSurvivorPeriod;
  BeginFreezing(now);
}

void WatchedRun::BeginFreezing(core::Instant now) {
  phase_ = Phase::kFreezing;
  quiet_looks_ = 0;
  freeze_until_ = now + kFreezeBudget;
  wake_at_ = now;
  pause_ = kFirstPause;
}

void WatchedRun::Look(const ProcessList& table, core::Instant now) {
  if (!is_watching_) return;
  const auto& rows = table.rows();
  if (!lineage_.Look({rows.data(), rows.size()})) {
    // No memory to tell who is who: everybody who is known is ended before more come.
    SignalAll(SIGKILL);
    BeginKill(now);
  }
  FollowNewMembers();
  // Killing those who fork one by one, as they are found, may never end.
  if (phase_ == Phase::kKilling && lineage_.found_new() != 0) BeginFreezing(now);
  if (phase_ == Phase::kFreezing) {
    Freeze(now);
  } else if (phase_ == Phase::kKilling) {
    Kill(now);
  }
  const bool is_over = phase_ == Phase::kKilling && lineage_.is_empty();
  if (is_over) wake_at_ = core::kNever;
  const bool is_report_due = is_killing() && next_report_ != core::kNever && (is_over || now >= next_report_);
  if (is_told_to_tell_ || is_report_due) TellMembers(now);
  if (is_over) next_report_ = core::kNever;
}

void WatchedRun::FollowNewMembers() {
  for (Descendant& member : lineage_) {
    if (member.is_followed) continue;
    member.is_followed = true;
    struct kevent change {};
    EV_SET(&change, static_cast<std::uintptr_t>(member.pid), EVFILT_PROC, EV_ADD | EV_CLEAR, NOTE_FORK | NOTE_EXIT, 0,
           nullptr);
    (void)::kevent(kqueue_, &change, 1, nullptr, 0, nullptr);  // ESRCH: gone, and the next look will not find it
  }
}

void WatchedRun::Freeze(core::Instant now) {
  for (Descendant& member : lineage_) {
    if (member.is_stopped) continue;
    member.is_refused = platform::SignalIdentity(member.pid, member.unique_id, SIGSTOP) == EPERM;
    member.is_stopped = true;
  }
  // A stopped process does not fork, so a look that finds nobody new twice has found everybody there is to find.
  quiet_looks_ = lineage_.found_new() == 0 ? quiet_looks_ + 1 : 0;
  wake_at_ = now;
  if (quiet_looks_ < kQuietLooks && now < freeze_until_) return;
  phase_ = Phase::kKilling;
  Kill(now);
}

void WatchedRun::Kill(core::Instant now) {
  for (Descendant& member : lineage_) {
    // Each once: telling the dying again and again costs time and changes nothing. One that was refused may have become
    // what it was.
    if (member.is_killed) continue;
    const int error = platform::SignalIdentity(member.pid, member.unique_id, SIGKILL);
    member.is_refused = error == EPERM;
    member.is_killed = error == 0;
  }
  wake_at_ = now + pause_;
  pause_ = std::min(pause_ * 2, kLongestPause);
}

void WatchedRun::SignalAll(int number) {
  for (const Descendant& member : lineage_) (void)platform::SignalIdentity(member.pid, member.unique_id, number);
}

void WatchedRun::TellMembers(core::Instant now) {
  is_told_to_tell_ = false;
  if (is_killing()) next_report_ = now + wire::kSurvivorPeriod;
  if (socket_ == -1) return;
  wire::Members members{};
  members.header = {static_cast<std::uint16_t>(SweepMessage::kMembers), wire::kVersion, sizeof members, number_, 0};
  members.empty = lineage_.is_empty() ? 1 : 0;
  members.is_killing = is_killing() ? 1 : 0;
  members.member_count = static_cast<std::uint32_t>(lineage_.size());
  for (const Descendant& member : lineage_) {
    if (members.record_count == core::kNamedProcesses) break;
    members.records[members.record_count++] = RecordOf(member, is_killing());
  }
  // A host that does not read is one that is gone.
  if (!SendWhole(socket_, std::as_bytes(std::span(&members, 1)))) LoseHost(now);
}

}  // namespace custody::guardian
