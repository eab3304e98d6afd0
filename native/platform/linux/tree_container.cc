#include "platform/linux/tree_container.h"

#include <array>
#include <cerrno>
#include <csignal>

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

void TreeContainer::ReturnShim() {
  leader_handle_.Close();
  if (!shim_.socket.is_valid()) return;
  poller_.Remove(shim_.socket.get());
  pool_.GiveBack(std::move(shim_));
}

void TreeContainer::DropShim() {
  if (!shim_.socket.is_valid()) return;
  poller_.Remove(shim_.socket.get());
  shim_.socket.Close();
}

void TreeContainer::SendCommand(MessageType type) {
  // A shim that is gone says so by the end of its connection.
  if (shim_.socket.is_valid()) (void)SendMessage(shim_.socket, MakeMessage<wire::Command>(type, shim_.run)).ok();
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
  auto message = MakeMessage<wire::Signal>(MessageType::kSignal, shim_.run);
  message.number = SIGTERM;
  if (shim_.socket.is_valid()) (void)SendMessage(shim_.socket, message).ok();
  // A stopped process takes nothing else, and one that uses a terminal may have stopped since anybody looked.
  if (terminal_.has_terminal()) SendCommand(MessageType::kContinue);
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
  SendCommand(MessageType::kKill);
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
  SendCommand(MessageType::kProbe);
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
  SendCommand(MessageType::kContinue);
}

void TreeContainer::KeepMembers() {
  if (!shim_.socket.is_valid()) return;
  const bool lets_go = stragglers_ == core::StragglerPolicy::kLeave;
  auto message = MakeMessage<wire::Keep>(MessageType::kKeep, shim_.run);
  message.mode = lets_go ? wire::KeepMode::kLetGo : wire::KeepMode::kInCustody;
  (void)SendMessage(shim_.socket, message).ok();
  if (lets_go) DropShim();
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
