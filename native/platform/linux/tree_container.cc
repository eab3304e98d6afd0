#include "platform/linux/tree_container.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>

#include "core/limits.h"
#include "platform/linux/pinned_process.h"
#include "platform/linux/wire_socket.h"
#include "platform/pipe.h"

namespace custody::platform {

namespace {

namespace wire = core::wire;
using core::Instant;
using wire::MessageType;

constexpr std::size_t kLongestAnswer = sizeof(wire::Exited) + core::kNamedProcesses * sizeof(wire::ProcessRecord);

core::Mechanism MechanismOf(wire::ShimKind kind) {
  return kind == wire::ShimKind::kNamespace ? core::Mechanism::kNamespace : core::Mechanism::kShim;
}

}  // namespace

TreeContainer::TreeContainer(ShimPool& pool, Shim shim, Poller& poller, PollToken token, ContainerObserver& observer)
    : pool_(pool),
      shim_(std::move(shim)),
      kind_(shim_.kind),
      poller_(poller),
      token_(token),
      observer_(observer),
      mechanism_(MechanismOf(kind_)) {}

TreeContainer::~TreeContainer() {
  // One that never got a command is as good as new; any other is busy, and its end of file ends what it holds.
  if (leader_ == Leader::kNone && tries_ == 0 && shim_.socket.is_valid()) {
    pool_.GiveBack(std::move(shim_));
  } else {
    DropShim();
  }
}

void TreeContainer::ForgetWords() {
  due_ = 0;
  say_at_ = core::kNever;
}

void TreeContainer::ReturnShim() {
  ForgetWords();
  leader_handle_.Close();
  if (!shim_.socket.is_valid()) return;
  poller_.Remove(shim_.socket.get());
  pool_.GiveBack(std::move(shim_));
}

void TreeContainer::DropShim() {
  ForgetWords();
  if (!shim_.socket.is_valid()) return;
  poller_.Remove(shim_.socket.get());
  shim_.socket.Close();
}

core::Status TreeContainer::Send(Word word) {
  switch (word) {
    case kTerminate: {
      auto signal = MakeMessage<wire::Signal>(MessageType::kSignal, shim_.run);
      signal.number = SIGTERM;
      return SendMessage(shim_.socket, signal);
    }
    case kKeepInCustody: {
      auto keep = MakeMessage<wire::Keep>(MessageType::kKeep, shim_.run);
      keep.mode = wire::KeepMode::kInCustody;
      return SendMessage(shim_.socket, keep);
    }
    case kContinue:
      return SendMessage(shim_.socket, MakeMessage<wire::Command>(MessageType::kContinue, shim_.run));
    case kKill:
      return SendMessage(shim_.socket, MakeMessage<wire::Command>(MessageType::kKill, shim_.run));
    case kProbe:
      return SendMessage(shim_.socket, MakeMessage<wire::Command>(MessageType::kProbe, shim_.run));
  }
  return {};
}

void TreeContainer::Say(Word word) {
  if (!shim_.socket.is_valid()) return;
  due_ |= word;
  SayWhatIsDue();
}

void TreeContainer::SayWhatIsDue() {
  say_at_ = core::kNever;
  while (due_ != 0) {
    const std::uint32_t first = due_ & (~due_ + 1);
    const core::Status sent = Send(static_cast<Word>(first));
    if (!sent.ok() && IsShortage(sent.error().code)) {
      say_at_ = core::MonotonicNow() + core::kShortagePause;
      return;
    }
    // A shim that is gone says so by the end of its connection.
    due_ &= ~first;
  }
}

void TreeContainer::LetGo() {
  auto message = MakeMessage<wire::Keep>(MessageType::kKeep, shim_.run);
  message.mode = wire::KeepMode::kLetGo;
  for (int tries = 0; tries < core::kLastWordTries; ++tries) {
    const core::Status sent = SendMessage(shim_.socket, message);
    if (sent.ok() || !IsShortage(sent.error().code)) break;
    const timespec pause{0, core::kShortagePause};
    ::nanosleep(&pause, nullptr);
  }
  DropShim();
}

void TreeContainer::OnReady(Instant /*now*/) {
  if (!shim_.socket.is_valid()) return;
  alignas(wire::Exited) std::array<std::byte, kLongestAnswer> buffer;
  core::Result<std::size_t> count = ReceiveDatagram(shim_.socket, buffer);
  if (!count.ok()) {
    if (WouldBlock(count.error())) return;
    if (count.error().code == ECONNRESET) {
      // Told once. What the guardian may have to say comes next, and if it has nothing to say, the end.
      if (leader_ == Leader::kStarting) TryNextShim();
      return;
    }
    return HearEnd();
  }
  if (count.value() == 0 || !Hear(std::span(buffer).first(count.value()))) HearEnd();
}

void TreeContainer::OnWake(Instant now) {
  if (now >= say_at_) SayWhatIsDue();
  if (now < wake_at_) return;
  wake_at_ = core::kNever;
  if (strays_) return LookForStrays(now);
  if (!looking_) return;
  looking_ = false;
  observer_.OnContainerOccupied();
}

std::optional<core::StopStep> TreeContainer::SignalSoft(Instant now) {
  if (leader_ == Leader::kNone || leader_ == Leader::kStarting || is_over()) return std::nullopt;
  if (strays_) {
    const bool sent = strays_->Signal(SIGTERM);
    return sent ? std::optional(core::StopStep{"SIGTERM", core::SignalScope::kGroup, now}) : std::nullopt;
  }
  signalled_ = true;
  Say(kTerminate);
  // A stopped process takes nothing else, and one that uses a terminal may have stopped since anybody looked.
  if (terminal_.has_terminal()) Say(kContinue);
  const auto scope = is_leader_alive() ? core::SignalScope::kGroup : core::SignalScope::kTree;
  return core::StopStep{"SIGTERM", scope, now};
}

std::optional<core::StopStep> TreeContainer::SignalHard(Instant now) {
  if (leader_ == Leader::kNone || leader_ == Leader::kStarting || is_over()) return std::nullopt;
  signalled_ = true;
  is_killing_ = true;
  if (strays_) {
    wake_at_ = now;
    const bool sent = strays_->Signal(SIGKILL);
    return sent ? std::optional(core::StopStep{"SIGKILL", core::SignalScope::kGroup, now}) : std::nullopt;
  }
  Say(kKill);
  return core::StopStep{"SIGKILL", core::SignalScope::kTree, now};
}

void TreeContainer::Probe(Instant now) { Look(now); }

/// The shim has reaped the leader already.
void TreeContainer::ReapLeader(Instant now) { Look(now); }

void TreeContainer::Look(Instant now) {
  if (leader_ != Leader::kDead) return;
  if (empty_) return observer_.OnContainerEmpty();
  looking_ = true;
  if (strays_) return LookForStrays(now);
  if (shim_died_) {
    looking_ = false;
    return observer_.OnContainerOccupied();
  }
  if (is_killing_) return;  // kEmpty comes by itself
  Say(kProbe);
  wake_at_ = now + core::kShimAnswerLimit;
}

void TreeContainer::LookForStrays(Instant now) {
  const bool first = looking_;
  looking_ = false;
  if (is_killing_) (void)strays_->Signal(SIGKILL);
  if (strays_->Living().empty()) {
    wake_at_ = core::kNever;
    empty_ = true;
    return observer_.OnContainerEmpty();
  }
  wake_at_ = now + core::kMemberPollLongest;
  if (first) observer_.OnContainerOccupied();
}

void TreeContainer::Resume() {
  if (!is_leader_alive()) return;
  terminal_.LendTo(leader_pid_);
  if (leader_ != Leader::kSuspended) return;
  leader_ = Leader::kRunning;
  Say(kContinue);
}

void TreeContainer::KeepMembers() {
  if (!shim_.socket.is_valid()) return;
  if (stragglers_ == core::StragglerPolicy::kLeave) return LetGo();
  Say(kKeepInCustody);
}

ContainerReport TreeContainer::Report() {
  ContainerReport report;
  report.mechanism = mechanism_;
  report.when_empty = strays_ ? core::CleanupStatus::kUnconfirmed : core::CleanupStatus::kConfirmed;
  report.leader_reaped = leader_reaped_;
  report.usage = usage_;
  report.killed = killed_;
  if (empty_) return report;
  if (!members_.empty() && !strays_) {
    report.survivors = members_;
    return report;
  }
  // The shim has told of nobody, because it has not answered, or is gone. The leader's group can be seen from here.
  const StrayGroup visible(leader_pid_, is_leader_alive() ? OpenPidfd(leader_pid_) : OwnedHandle());
  for (const ProcessEntry& member : strays_ ? strays_->Living() : visible.Living()) {
    report.survivors.push_back({{member.pid, member.name, member.state}, WhyAlive(member, is_killing_)});
  }
  return report;
}

}  // namespace custody::platform
