#pragma once
#include <chrono>
#include <cstdint>

namespace custody::core {

/// Nanoseconds of monotonic time since an arbitrary origin. The only clock type outside this file.
using Instant = std::int64_t;

/// A span of monotonic time in nanoseconds.
using Nanos = std::int64_t;

inline constexpr Instant kNever = INT64_MAX;
inline constexpr Nanos kNanosPerMilli = 1'000'000;
inline constexpr Nanos kNanosPerSecond = 1'000'000'000;

/// Milliseconds to nanoseconds; rounds down below one nanosecond. Callers pass at most one day.
inline constexpr Nanos FromMillis(double ms) { return static_cast<Nanos>(ms * static_cast<double>(kNanosPerMilli)); }
inline constexpr double ToMillis(Nanos ns) { return static_cast<double>(ns) / static_cast<double>(kNanosPerMilli); }

inline constexpr std::chrono::nanoseconds ToChrono(Nanos span) { return std::chrono::nanoseconds(span); }

/// Reads the monotonic clock (steady: never set back, does not count suspended machine time on Linux).
inline Instant MonotonicNow() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// Wall-clock time in milliseconds since the Unix epoch, for time stamps only, never for deadlines.
inline double WallMillisNow() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()) / 1000.0;
}

}  // namespace custody::core
