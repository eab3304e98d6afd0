#pragma once
#include <cstdint>

namespace custody::core {

/// How a process ended. A signal is never folded into an exit code.
struct ExitStatus {
  enum class Kind : std::uint8_t { kExited, kSignaled, kTerminated };
  Kind kind = Kind::kExited;
  /// Exit code, signal number, or (Windows) the 32-bit code of a terminated process.
  std::int64_t value = 0;
  bool core_dumped = false;
};

}  // namespace custody::core
