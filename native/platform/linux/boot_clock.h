#pragma once
#include <ctime>

#include "core/clock.h"

namespace custody::platform {

/// The clock by which the kernel dates the start of processes.
/// Source : Linux proc(5), /proc/pid/stat, starttime; kernel/fork.c copy_process, start_boottime.
inline core::Nanos BootNow() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<core::Nanos>(now.tv_sec) * core::kNanosPerSecond + now.tv_nsec;
}

}  // namespace custody::platform
