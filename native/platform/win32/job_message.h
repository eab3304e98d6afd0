#pragma once
#include <cstdint>

#include "core/resource_limits.h"

/// What a job's completion packets mean. Pure: no OS headers, tested on every system.
namespace custody::platform {

/// Source : winnt.h, JOB_OBJECT_MSG_*. job_object.cc compares them with the header.
enum JobMessageCode : std::uint32_t {
  kEndOfJobTime = 1,
  kActiveProcessLimit = 3,
  kActiveProcessZero = 4,
  kNewProcess = 6,
  kExitProcess = 7,
  kAbnormalExitProcess = 8,
  kProcessMemoryLimit = 9,
  kJobMemoryLimit = 10,
};

/// What has been heard of one job since it was last asked for.
struct JobNews {
  /// Nobody was left at one moment. The one message on which anything is built: those of single exits may be missing.
  bool reached_zero = false;
  core::ResourceLimit breached = core::ResourceLimit::kNone;

  void Note(std::uint32_t code) {
    if (code == kActiveProcessZero) reached_zero = true;
    if (breached == core::ResourceLimit::kNone) breached = LimitOf(code);
  }

 private:
  static core::ResourceLimit LimitOf(std::uint32_t code) {
    switch (code) {
      case kEndOfJobTime:
        return core::ResourceLimit::kCpuTimeMs;
      case kActiveProcessLimit:
        return core::ResourceLimit::kMaxProcesses;
      case kProcessMemoryLimit:
      case kJobMemoryLimit:
        return core::ResourceLimit::kMemoryBytes;
      default:
        return core::ResourceLimit::kNone;
    }
  }
};

}  // namespace custody::platform
