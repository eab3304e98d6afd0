#pragma once
#include <algorithm>
#include <ctime>

#include "core/clock.h"

namespace custody::guardian {

/// The same clock as core::MonotonicNow(), without std::chrono: that one lives in the C++ library, which is not linked here.
/// Source : libstdc++ chrono.cc: steady_clock is CLOCK_MONOTONIC.
inline core::Instant Now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<core::Instant>(now.tv_sec) * core::kNanosPerSecond + now.tv_nsec;
}

/// What a call that waits is given; a span that is over already is none.
inline timespec ToTimespec(core::Nanos span) {
  const core::Nanos left = std::max<core::Nanos>(span, 0);
  return {static_cast<time_t>(left / core::kNanosPerSecond), static_cast<long>(left % core::kNanosPerSecond)};
}

inline void SleepFor(core::Nanos span) {
  const timespec wanted = ToTimespec(span);
  ::nanosleep(&wanted, nullptr);
}

}  // namespace custody::guardian
