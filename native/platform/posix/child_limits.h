#pragma once
// Header-only: the guardian limits a leader the same way the engine limits one in a group.
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>

#include "core/resource_limits.h"

namespace custody::platform {

/// One rlimit, in the widest type any system has for it.
struct ChildLimit {
  int resource;
  std::uint64_t soft;
  std::uint64_t hard;
};

/// The rlimits that a leader starts with and its descendants inherit, for what the kernel can hold for one process.
///
/// Memory and the number of processes are not among them. RLIMIT_AS counts reserved addresses, of which Node, Go and the
/// sanitizers take gigabytes that they never touch; RLIMIT_DATA does the same since Linux 4.7. RLIMIT_NPROC counts the
/// threads of a user, everything that he runs elsewhere included, and root is exempt.
/// Source : Linux setrlimit(2).
class ChildLimits {
 public:
  explicit ChildLimits(const core::ResourceLimits& wanted) {
    Add(RLIMIT_NOFILE, wanted.open_files, wanted.open_files);
    Add(RLIMIT_FSIZE, wanted.file_bytes, wanted.file_bytes);
    if (wanted.cpu_ms != core::kNoLimit) {
      // The soft limit sends SIGXCPU, which names the reason; one second later the hard one kills.
      const std::uint64_t seconds = CpuSeconds(wanted.cpu_ms);
      Add(RLIMIT_CPU, seconds, seconds + 1);
    }
    // SIGXCPU and SIGXFSZ dump core by default. A limit is no defect: nobody wants a core file for it.
    const bool may_signal = wanted.cpu_ms != core::kNoLimit || wanted.file_bytes != core::kNoLimit;
    if (may_signal) Add(RLIMIT_CORE, 0, core::kNoLimit);
  }

  const ChildLimit* data() const { return all_.data(); }
  std::size_t size() const { return count_; }

  /// Rounded up: a command gets what it was promised. The kernel counts in seconds.
  static constexpr std::uint64_t CpuSeconds(std::uint64_t cpu_ms) {
    constexpr std::uint64_t kMillisPerSecond = 1'000;
    return cpu_ms / kMillisPerSecond + (cpu_ms % kMillisPerSecond == 0 ? 0U : 1U);
  }

 private:
  static constexpr std::size_t kMost = 4;

  /// What the system already forbids to exceed stays forbidden: a higher wish would be refused, and is no limit.
  void Add(int resource, std::uint64_t soft, std::uint64_t hard) {
    if (soft == core::kNoLimit) return;
    rlimit now{RLIM_INFINITY, RLIM_INFINITY};
    ::getrlimit(static_cast<decltype(RLIMIT_NOFILE)>(resource), &now);
    hard = std::min<std::uint64_t>(hard, now.rlim_max);
    all_[count_++] = {resource, std::min(soft, hard), hard};
  }

  std::array<ChildLimit, kMost> all_{};
  std::size_t count_ = 0;
};

/// The limit that a process died of, as far as the signal that ended it tells; kNone in the breach: none.
inline core::LimitBreach BreachByDeath(const core::ResourceLimits& limits, int signal, std::uint64_t cpu_ms) {
  constexpr std::uint64_t kMillisPerSecond = 1'000;
  if (signal == SIGXFSZ && limits.file_bytes != core::kNoLimit) {
    // The file is full to the limit; how much more was wanted is not known.
    return {core::ResourceLimit::kMaxFileSizeBytes, limits.file_bytes, limits.file_bytes};
  }
  if (limits.cpu_ms == core::kNoLimit) return {};
  // SIGKILL comes from the hard limit, for a process that ignores SIGXCPU.
  const std::uint64_t hard_ms = (ChildLimits::CpuSeconds(limits.cpu_ms) + 1) * kMillisPerSecond;
  if (signal == SIGXCPU || (signal == SIGKILL && cpu_ms >= hard_ms)) {
    return {core::ResourceLimit::kCpuTimeMs, cpu_ms, limits.cpu_ms};
  }
  return {};
}

}  // namespace custody::platform
