#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/wire.h"

namespace custody::guardian {

/// Texts beyond this are refused; the kernel's own limit for arguments and environment is a few MiB.
/// Source : Linux execve(2), "Limits on size of arguments and environment": at most 6 MiB with the usual stack limit.
inline constexpr std::uint64_t kMaxTextBytes = std::uint64_t{64} << 20;

/// What may come from a host, checked as far as it can be without the system: length, version, type, counts, flags, and
/// how many descriptors came with it. Pure.
///
/// Returns: the message, which lies in `bytes` (aligned to 8); null: drop the connection.
const core::wire::Header* CheckControlDatagram(std::span<const std::byte> bytes, std::size_t descriptors);
const core::wire::Header* CheckShimDatagram(std::span<const std::byte> bytes, std::size_t descriptors);

inline constexpr bool HasTerminal(const core::wire::Launch& launch) {
  return (launch.flags & core::wire::kTakesTerminal) != 0;
}
inline constexpr bool HasMemfd(const core::wire::Launch& launch) {
  return (launch.flags & core::wire::kTextInMemfd) != 0;
}

/// Where the strings of a launch begin in its text.
struct LaunchText {
  char* path = nullptr;
  /// Empty: the host's directory.
  char* directory = nullptr;
  char** argv = nullptr;
  char** environment = nullptr;
};

/// Pointers that SplitText needs room for.
inline constexpr std::size_t PointerCount(const core::wire::Launch& launch) {
  return std::size_t{launch.argument_count} + launch.environment_count + 2;
}

/// Takes a text apart, in place. Returns: false when it does not hold exactly the strings that were announced.
bool SplitText(const core::wire::Launch& launch, std::span<char> text, std::span<char*> pointers, LaunchText& into);

}  // namespace custody::guardian
