#pragma once
#include <sys/time.h>

#include <cstdint>

namespace custody::guardian {

/// The unit of ru_maxrss, and of the sizes in /proc.
/// Source : Linux getrusage(2), proc(5).
inline constexpr int kBytesPerKilobyte = 1024;

inline std::int64_t MicrosOf(const timeval& time) {
  constexpr std::int64_t kMicrosPerSecond = 1'000'000;
  return time.tv_sec * kMicrosPerSecond + time.tv_usec;
}

}  // namespace custody::guardian
