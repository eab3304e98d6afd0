#pragma once
#include <array>
#include <cstddef>
#include <span>

#include "core/wire.h"

namespace custody::guardian {

/// One datagram with the descriptors that came with it, which it owns until they are taken.
struct Datagram {
  std::span<const std::byte> bytes;
  std::array<int, core::wire::kMaxDescriptors> descriptors{};
  std::size_t descriptor_count = 0;
  /// The kernel could not give all descriptors: this process has too many.
  bool lost_descriptors = false;

  void CloseDescriptors();
};

enum class Receipt {
  kDatagram,
  kNothing,
  /// The peer is gone, or sent what no peer of ours sends.
  kEnd,
};

/// Takes one datagram without blocking. `buffer` must be aligned as a message is.
Receipt Receive(int socket, std::span<std::byte> buffer, Datagram& into);

enum class Delivery { kSent, kFull, kGone };

Delivery Send(int socket, std::span<const std::byte> bytes);

}  // namespace custody::guardian
