// What comes from a shim, or from the guardian in the stead of a dead one, and what it means for the run.
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "platform/linux/pinned_process.h"
#include "platform/linux/tree_container.h"
#include "platform/linux/wire_socket.h"
#include "platform/posix/executable_lookup.h"

namespace custody::platform {

namespace {

namespace wire = core::wire;
using wire::MessageType;

/// The message in `datagram`, or nullptr when it is too short for one.
template <typename Message>
const Message* As(std::span<const std::byte> datagram) {
  return datagram.size() < sizeof(Message) ? nullptr : reinterpret_cast<const Message*>(datagram.data());
}

/// Passes a message on; false for one that was too short.
template <typename Message, typename Listener>
bool Tell(const Message* message, Listener listener) {
  if (message != nullptr) listener(*message);
  return message != nullptr;
}

/// The records behind a message, as many as it announces; nothing when they are not all there.
template <typename Message>
std::optional<std::span<const wire::ProcessRecord>> RecordsBehind(std::span<const std::byte> datagram,
                                                                  std::uint32_t count) {
  if (datagram.size() != sizeof(Message) + std::size_t{count} * sizeof(wire::ProcessRecord)) return std::nullopt;
  return std::span(reinterpret_cast<const wire::ProcessRecord*>(datagram.data() + sizeof(Message)), count);
}

core::NamedProcess ToNamed(const wire::ProcessRecord& record) {
  const std::size_t length = ::strnlen(record.name, sizeof record.name);
  return {record.pid, std::string(record.name, length), record.state};
}

core::ExitStatus ToExitStatus(int status) {
  if (WIFSIGNALED(status)) return {core::ExitStatus::Kind::kSignaled, WTERMSIG(status), WCOREDUMP(status) != 0};
  return {core::ExitStatus::Kind::kExited, WEXITSTATUS(status), false};
}

core::Mechanism ToMechanism(wire::WireMechanism mechanism) {
  switch (mechanism) {
    case wire::WireMechanism::kShim:
      return core::Mechanism::kShim;
    case wire::WireMechanism::kShimCgroup:
      return core::Mechanism::kShimCgroup;
    case wire::WireMechanism::kNamespace:
      return core::Mechanism::kNamespace;
  }
  return core::Mechanism::kShim;
}

double MillisOf(std::int64_t micros) { return static_cast<double>(micros) / 1000.0; }

core::OsError ToError(const wire::NotStarted& message, const std::string& path, const std::string& cwd) {
  switch (message.stage) {
    case wire::StartStage::kExec:
      return ExplainExecFailure(message.error, path, cwd);
    case wire::StartStage::kChdir:
      return {message.error, "chdir", core::ErrorSubject::kCwd};
    case wire::StartStage::kNamespace:
      return {message.error, "containment"};
    case wire::StartStage::kIdentity:
      return {message.error, "identity"};
    case wire::StartStage::kRead:
    case wire::StartStage::kFork:
    case wire::StartStage::kLimits:
      break;
  }
  return {message.error, "spawn"};
}

}  // namespace

bool TreeContainer::Hear(std::span<const std::byte> datagram) {
  const auto* const header = As<wire::Header>(datagram);
  if (header == nullptr || header->version != wire::kVersion || header->length != datagram.size()) return false;
  const auto type = static_cast<MessageType>(header->type);
  const bool from_guardian = type == MessageType::kShimFailed || type == MessageType::kShimLost;
  if (!from_guardian && header->run != shim_.run) return true;  // about a run that is over
  pool_.NoteUse();
  switch (type) {
    case MessageType::kStarted:
      return Tell(As<wire::Started>(datagram), [this](const auto& message) { HearStarted(message); });
    case MessageType::kNotStarted:
      return Tell(As<wire::NotStarted>(datagram), [this](const auto& message) { HearNotStarted(message); });
    case MessageType::kSuspended:
      return Tell(As<wire::Suspended>(datagram), [this](const auto& message) { HearSuspended(message); });
    case MessageType::kLimitBreached:
      return Tell(As<wire::LimitBreached>(datagram), [this](const auto& message) { HearLimitBreached(message); });
    case MessageType::kShimFailed:
      return Tell(As<wire::ShimFailed>(datagram), [this](const auto& message) { HearShimFailed(message); });
    case MessageType::kExited:
    case MessageType::kEmpty:
    case MessageType::kOccupied:
    case MessageType::kShimLost:
      return HearOfTree(type, datagram);
    case MessageType::kOpenShim:
    case MessageType::kGuardGroups:
    case MessageType::kLaunch:
    case MessageType::kSignal:
    case MessageType::kKill:
    case MessageType::kProbe:
    case MessageType::kContinue:
    case MessageType::kKeep:
      break;
  }
  return false;
}

bool TreeContainer::HearOfTree(MessageType type, std::span<const std::byte> datagram) {
  if (type == MessageType::kExited) {
    const auto* const exited = As<wire::Exited>(datagram);
    if (exited == nullptr) return false;
    const auto records = RecordsBehind<wire::Exited>(datagram, exited->tree.record_count);
    if (records) HearExited(*exited, *records);
    return records.has_value();
  }
  const auto* const tree = As<wire::Tree>(datagram);
  if (tree == nullptr) return false;
  const auto records = RecordsBehind<wire::Tree>(datagram, tree->record_count);
  if (!records) return false;
  if (type == MessageType::kEmpty) HearEmpty(*tree, *records);
  if (type == MessageType::kOccupied) HearOccupied(*tree, *records);
  if (type == MessageType::kShimLost) HearShimLost(*tree, *records);
  return true;
}

/// Nothing was started. The guardian will say it for no other launch: this shim never was.
void TreeContainer::HearShimFailed(const wire::ShimFailed& message) {
  const core::OsError error{message.error, "spawn"};
  DropShim();
  if (leader_ == Leader::kStarting) Refuse(error);
}

/// A shim's word for when its leader began, within what is possible.
core::Instant TreeContainer::StartedAt(std::int64_t told) const {
  const core::Instant now = core::MonotonicNow();
  return std::clamp<core::Instant>(told, std::min(sent_at_, now), now);
}

void TreeContainer::HearStarted(const wire::Started& message) {
  if (leader_ != Leader::kStarting) return;
  leader_ = Leader::kRunning;
  leader_pid_ = static_cast<pid_t>(message.pid);
  // It lives, so the pid is its own: should the shim and the guardian be killed, this is how it is told from a successor.
  leader_handle_ = OpenPidfd(leader_pid_);
  ForgetRequest();
  observer_.OnStarted(message.pid, StartedAt(message.started_ns));
  if (early_stop_) HearSuspended(*std::exchange(early_stop_, std::nullopt));
}

void TreeContainer::HearNotStarted(const wire::NotStarted& message) {
  if (leader_ != Leader::kStarting) return;
  Refuse(ToError(message, request_.path, request_.cwd));
}

void TreeContainer::HearSuspended(const wire::Suspended& message) {
  if (leader_ == Leader::kStarting) early_stop_ = message;  // it wanted the terminal within its first millisecond
  if (leader_ != Leader::kRunning || !terminal_.has_terminal()) return;
  // It wanted the terminal a moment before it got it, or before the shell brought the host to the foreground.
  const bool wants_terminal = message.signal == SIGTTIN || message.signal == SIGTTOU;
  if (wants_terminal && terminal_.LendTo(leader_pid_)) return Say(kContinue);
  if (signalled_) return;  // it is being stopped: nobody should wait for it to be continued
  leader_ = Leader::kSuspended;
  terminal_.TakeBack(false);
  observer_.OnLeaderSuspended();
}

void TreeContainer::HearLimitBreached(const wire::LimitBreached& message) {
  if (leader_ == Leader::kNone || is_over() || message.limit == 0 || message.limit > core::kResourceLimits) return;
  observer_.OnLimitBreached({static_cast<core::ResourceLimit>(message.limit), message.used, message.allowed});
}

void TreeContainer::HearExited(const wire::Exited& message, Records records) {
  if (leader_ != Leader::kStarting && !is_leader_alive()) return;
  const bool tells_start = leader_ == Leader::kStarting;
  leader_ = Leader::kDead;
  leader_pid_ = static_cast<pid_t>(message.pid);
  leader_reaped_ = message.lost == 0;
  ForgetRequest();
  TakeTree(message.tree);
  TakeMembers(records);
  empty_ = message.tree.empty != 0;
  if (empty_) ReturnShim();
  const core::ExitStatus status = ToExitStatus(message.status);
  terminal_.TakeBack(status.kind == core::ExitStatus::Kind::kSignaled);
  if (tells_start) observer_.OnStarted(message.pid, StartedAt(message.started_ns));
  if (message.lost != 0) return observer_.OnLeaderLost({message.error, "waitid"});
  observer_.OnLeaderExited(status);
}

void TreeContainer::HearEmpty(const wire::Tree& message, Records records) {
  if (leader_ != Leader::kDead || empty_) return;
  TakeTree(message);
  for (const wire::ProcessRecord& record : records) killed_.push_back(ToNamed(record));
  members_.clear();
  empty_ = true;
  looking_ = false;
  wake_at_ = core::kNever;
  ReturnShim();
  observer_.OnContainerEmpty();
}

void TreeContainer::HearOccupied(const wire::Tree& message, Records records) {
  TakeTree(message);
  TakeMembers(records);
  if (!looking_) return;
  looking_ = false;
  wake_at_ = core::kNever;
  observer_.OnContainerOccupied();
}

/// The guardian speaks: it has adopted what the shim held, and kills it.
void TreeContainer::HearShimLost(const wire::Tree& message, Records records) {
  if (is_over()) return;
  if (leader_ == Leader::kStarting && LeftUnread(shim_.socket)) return TryNextShim();
  TakeTree(message);
  shim_died_ = true;
  is_killing_ = true;
  TakeMembers(records);
  empty_ = message.empty != 0;
  if (empty_) {
    members_.clear();
    leader_handle_.Close();
    DropShim();
  }
  if (leader_ != Leader::kDead) return LoseLeader();
  if (!empty_) return;
  looking_ = false;
  wake_at_ = core::kNever;
  observer_.OnContainerEmpty();
}

/// Nobody is left at the other end, so nobody will say what became of the rest.
void TreeContainer::HearEnd() {
  DropShim();
  if (leader_ == Leader::kNone || is_over() || strays_) return;
  shim_died_ = true;
  strays_.emplace(leader_pid_, std::move(leader_handle_));
  if (leader_ != Leader::kDead) return LoseLeader();
  LookForStrays(core::MonotonicNow());
}

void TreeContainer::LoseLeader() {
  const bool tells_start = leader_ == Leader::kStarting;
  leader_ = Leader::kDead;
  ForgetRequest();
  terminal_.TakeBack(true);
  if (tells_start) observer_.OnStarted(0, sent_at_);
  observer_.OnLeaderLost({ECONNRESET, "shim"});
}

void TreeContainer::TakeTree(const wire::Tree& message) {
  mechanism_ = ToMechanism(message.mechanism);
  usage_.user_ms = MillisOf(message.usage.user_us);
  usage_.system_ms = MillisOf(message.usage.system_us);
  usage_.peak_rss_bytes = message.usage.peak_rss_bytes > 0 ? static_cast<double>(message.usage.peak_rss_bytes) : -1;
  usage_.processes = static_cast<double>(message.usage.processes);
  usage_.whole_tree = true;
}

void TreeContainer::TakeMembers(Records records) {
  members_.clear();
  for (const wire::ProcessRecord& record : records) {
    const auto why = std::min(record.why, static_cast<std::uint8_t>(core::SurvivorReason::kUnknown));
    members_.push_back({ToNamed(record), static_cast<core::SurvivorReason>(why)});
  }
}

}  // namespace custody::platform
