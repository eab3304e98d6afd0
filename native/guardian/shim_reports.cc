// What a shim tells the host. Every message is made at the moment of sending: where the host does not read, the newest state
// waits, not a queue.
#include <algorithm>
#include <cstring>

#include "guardian/rusage_units.h"
#include "guardian/shim.h"

namespace custody::guardian {

namespace {

using core::wire::Exited;
using core::wire::Header;
using core::wire::MessageType;
using core::wire::ProcessRecord;
using core::wire::Tree;

template <typename Message>
std::span<const std::byte> BytesOf(const Message& message) {
  return {reinterpret_cast<const std::byte*>(&message), sizeof message};
}

/// A fixed part and the records behind it. Neither has padding at its end, so they are one datagram as they lie.
template <typename Fixed>
struct WithRecords {
  Fixed fixed{};
  std::array<ProcessRecord, core::kNamedProcesses> records{};

  std::span<const std::byte> Bytes(std::uint32_t count) const {
    return {reinterpret_cast<const std::byte*>(this), LengthWith(count)};
  }
  static std::size_t LengthWith(std::uint32_t count) { return sizeof(Fixed) + count * sizeof(ProcessRecord); }
};

}  // namespace

void Shim::Tell() {
  while (due_ != 0 && !socket_is_full_) {
    const std::uint32_t first = due_ & (~due_ + 1);
    Delivery delivery = Delivery::kSent;
    switch (first) {
      case kDueNotStarted:
        delivery = TellNotStarted();
        break;
      case kDueStarted:
        delivery = TellStarted();
        break;
      case kDueSuspended:
        delivery = TellSuspended();
        break;
      case kDueBreach:
        delivery = TellBreach();
        break;
      case kDueExited:
        delivery = TellExited();
        break;
      default:
        delivery = TellTree();
        break;
    }
    if (delivery == Delivery::kGone) {
      // Its last word may still be there to be read.
      host_is_gone_ = true;
      due_ = 0;
      return;
    }
    if (delivery == Delivery::kFull) {
      socket_is_full_ = true;
      return;
    }
    due_ &= ~first;
    const bool last_word = nothing_left_ && run_.is_active && run_.leader_gone &&
                           (first == kDueExited || (first == kDueTree && run_.exited_told));
    if (first == kDueStarted) run_.started_told = true;
    if (first == kDueExited) run_.exited_told = true;
    if (last_word) {
      due_ = 0;
      FinishRun();
    }
  }
}

Header Shim::HeaderFor(MessageType type, std::size_t length) const {
  return {static_cast<std::uint16_t>(type), core::wire::kVersion, static_cast<std::uint32_t>(length), run_.number, 0};
}

Delivery Shim::TellNotStarted() {
  core::wire::NotStarted message{};
  message.header = HeaderFor(MessageType::kNotStarted, sizeof message);
  message.error = refusal_;
  message.stage = refusal_stage_;
  return Send(seat_.socket, BytesOf(message));
}

Delivery Shim::TellStarted() {
  core::wire::Started message{};
  message.header = HeaderFor(MessageType::kStarted, sizeof message);
  message.pid = run_.leader_in_proc;
  message.started_ns = run_.started_at;
  return Send(seat_.socket, BytesOf(message));
}

Delivery Shim::TellSuspended() {
  core::wire::Suspended message{};
  message.header = HeaderFor(MessageType::kSuspended, sizeof message);
  message.signal = run_.stop_signal;
  return Send(seat_.socket, BytesOf(message));
}

Delivery Shim::TellBreach() {
  core::wire::LimitBreached message{};
  message.header = HeaderFor(MessageType::kLimitBreached, sizeof message);
  message.limit = static_cast<std::uint32_t>(run_.breach.limit);
  message.used = run_.breach.used;
  message.allowed = run_.breach.allowed;
  return Send(seat_.socket, BytesOf(message));
}

Tree Shim::TreeFor(MessageType type, std::size_t length, bool empty) const {
  Tree tree{};
  tree.header = HeaderFor(type, length);
  tree.mechanism = seat_.kind == core::wire::ShimKind::kNamespace ? core::wire::WireMechanism::kNamespace
                   : leaf_.exists()                               ? core::wire::WireMechanism::kShimCgroup
                                                                  : core::wire::WireMechanism::kShim;
  tree.empty = empty ? 1 : 0;
  tree.usage = run_.usage;
  return tree;
}

std::uint32_t Shim::RecordLiving(ProcessRecord* into, std::uint32_t& count) {
  DescendantWalk walk(owner_);
  ProcessStat stat;
  std::uint32_t recorded = 0;
  for (count = 0; walk.Next(stat); ++count) {
    if (recorded == core::kNamedProcesses) continue;
    const bool is_killed = kill_.is_running();
    const core::SurvivorReason why = !is_killed                   ? core::SurvivorReason::kUnknown
                                     : kill_.WasRefused(stat.pid) ? core::SurvivorReason::kPermission
                                                                  : ReasonOf(stat);
    into[recorded++] = RecordOf(stat, why);
  }
  return recorded;
}

Delivery Shim::TellExited() {
  WithRecords<Exited> message;
  std::uint32_t members = 0;
  const std::uint32_t records = nothing_left_ ? 0 : RecordLiving(message.records.data(), members);
  Exited& exited = message.fixed;
  exited.tree = TreeFor(MessageType::kExited, WithRecords<Exited>::LengthWith(records), nothing_left_);
  exited.tree.member_count = members;
  exited.tree.record_count = records;
  exited.pid = run_.leader_in_proc;
  exited.status = run_.status;
  exited.lost = run_.leader_lost ? 1 : 0;
  exited.error = run_.leader_lost ? ECHILD : 0;
  exited.leader_user_us = MicrosOf(run_.leader_usage.ru_utime);
  exited.leader_system_us = MicrosOf(run_.leader_usage.ru_stime);
  exited.leader_peak_rss_bytes = run_.leader_usage.ru_maxrss * kBytesPerKilobyte;
  exited.started_ns = run_.started_at;
  exited.ended_ns = run_.ended_at;
  return Send(seat_.socket, message.Bytes(records));
}

Delivery Shim::TellTree() {
  WithRecords<Tree> message;
  std::uint32_t members = 0;
  std::uint32_t records = 0;
  const bool empty = nothing_left_ && run_.leader_gone;
  if (empty) {
    members = run_.ended_count;
    records = static_cast<std::uint32_t>(std::min<std::size_t>(members, ended_.size()));
    std::memcpy(message.records.data(), ended_.data(), records * sizeof(ProcessRecord));
  } else {
    records = RecordLiving(message.records.data(), members);
  }
  const MessageType type = empty ? MessageType::kEmpty : MessageType::kOccupied;
  message.fixed = TreeFor(type, WithRecords<Tree>::LengthWith(records), empty);
  message.fixed.member_count = members;
  message.fixed.record_count = records;
  return Send(seat_.socket, message.Bytes(records));
}

}  // namespace custody::guardian
