#pragma once
#include <cstdint>

#include "core/exit_status.h"

/// How a process ended, from the one number that Windows tells. Pure: no OS headers, tested on every system.
namespace custody::platform {

/// `terminated_by_us`: its job was ended while it ran.
///
/// An NTSTATUS of severity "error" is how the system reports a crash: programs that end by themselves use others.
/// Source: [MS-ERREF] 2.3; 0xD and 0xE are customer codes, 0xFFFFFFFF is `exit(-1)`.
inline core::ExitStatus ToExitStatus(std::uint32_t code, bool terminated_by_us, std::uint32_t terminated_code) {
  constexpr std::uint32_t kSeverityError = 0xC0000000U;
  const bool crashed = (code & kSeverityError) == kSeverityError && code < 0xD0000000U;
  const bool was_terminated = crashed || (terminated_by_us && code == terminated_code);
  return {was_terminated ? core::ExitStatus::Kind::kTerminated : core::ExitStatus::Kind::kExited, code, false};
}

}  // namespace custody::platform
