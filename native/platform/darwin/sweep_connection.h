#pragma once
#include <array>
#include <cstddef>
#include <span>

#include "core/result.h"
#include "core/wire_sweep.h"
#include "platform/handle.h"

namespace custody::platform {

/// Our end of one run's connection to the guardian; messages are core/wire_sweep.h's.
///
/// Thread : engine thread only.
class SweepConnection {
 public:
  SweepConnection() = default;
  /// `theirs` is kept until the guardian has said that it has its copy: an early close of a descriptor in flight was seen to
  /// end the connection. Source: Chromium ipc_channel_posix, "kernel bug on OSX".
  SweepConnection(OwnedHandle ours, OwnedHandle theirs) : ours_(std::move(ours)), theirs_(std::move(theirs)) {}

  bool is_open() const { return ours_.is_valid(); }
  /// The guardian has said that it has its end.
  bool is_confirmed() const { return !theirs_.is_valid(); }
  NativeHandle handle() const { return ours_.get(); }
  void Close();

  /// Errors : any: the guardian is gone, or does not read.
  template <typename Message>
  core::Status Send(Message message, core::wire::SweepMessage type, std::uint32_t run) {
    message.header = {static_cast<std::uint16_t>(type), core::wire::kVersion, sizeof message, run, 0};
    return SendBytes(std::as_bytes(std::span(&message, 1)));
  }

  /// What the guardian tells, without blocking.
  ///
  /// Returns: the next kMembers, or null when there is none.
  /// Errors : the connection is over.
  core::Result<const core::wire::Members*> Next();

 private:
  core::Status SendBytes(std::span<const std::byte> bytes);

  OwnedHandle ours_;
  OwnedHandle theirs_;
  alignas(8) std::array<std::byte, sizeof(core::wire::Members)> buffer_{};
  std::size_t filled_ = 0;
};

}  // namespace custody::platform
