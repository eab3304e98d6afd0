#pragma once
#include <ctime>

#include "core/clock.h"

namespace custody::guardian {

/// The same clock as core::MonotonicNow(), without std::chrono: that one lives in the C++ library, which is not linked here.
/// Source : libstdc++ chrono.cc: steady_clock is CLOCK_MONOTONIC.
inline core::Instant Now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  constexpr core::Nanos kNanosPerSecond = 1'000'000'000;
  return static_cast<core::Instant>(now.tv_sec) * kNanosPerSecond + now.tv_nsec;
}

inline void SleepFor(core::Nanos span) {
  const timespec wanted{0, span};
  ::nanosleep(&wanted, nullptr);
}

}  // namespace custody::guardian
