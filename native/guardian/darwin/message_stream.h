#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "core/wire_sweep.h"

namespace custody::guardian {

enum class Arrival {
  kMessage,
  kNothing,
  /// The peer is gone, or sent what no peer of ours sends.
  kEnd,
};

/// One end of a stream of messages, read without blocking.
class MessageStream {
 public:
  /// Takes the next message out of what has arrived. It stays valid until the next call.
  Arrival Next(int socket);
  const core::wire::Header& header() const { return *reinterpret_cast<const core::wire::Header*>(buffer_.data()); }
  /// The message, or null when its length is another one.
  template <typename Message>
  const Message* As() const {
    return header().length == sizeof(Message) ? reinterpret_cast<const Message*>(buffer_.data()) : nullptr;
  }

 private:
  static constexpr std::size_t kLongest = sizeof(core::wire::Watch);

  alignas(8) std::array<std::byte, kLongest> buffer_{};
  std::size_t filled_ = 0;
  bool was_taken_ = false;
};

/// Takes one kOpenRun from the control socket. `connection`: the descriptor that came with it.
Arrival TakeOpenRun(int control, int& connection);

/// Sends a whole message without blocking. Returns: false when the peer is gone or does not read.
bool SendWhole(int socket, std::span<const std::byte> message);

}  // namespace custody::guardian
