#include "guardian/limit_watch.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/limits.h"
#include "guardian/monotonic.h"
#include "guardian/rusage_units.h"

namespace custody::guardian {

namespace {

using core::ResourceLimit;
using core::wire::kNoLimit;

constexpr std::uint64_t kMillisPerSecond = 1'000;
constexpr std::uint64_t kMicrosPerMilli = 1'000;

std::uint64_t SystemValue(int name, std::uint64_t otherwise) {
  const long value = ::sysconf(name);
  return value > 0 ? static_cast<std::uint64_t>(value) : otherwise;
}

std::uint64_t ResidentBytes(const ProcessStat& stat) {
  constexpr std::uint64_t kUsualPageBytes = 4096;
  return stat.resident_pages * SystemValue(_SC_PAGESIZE, kUsualPageBytes);
}

/// A process's memory, of pages that it shares with others only its part. Much dearer than the resident size.
/// Returns: false where the kernel does not tell.
/// Source : Linux proc(5), /proc/pid/smaps_rollup (4.14): "Pss: <number> kB".
bool ReadShare(pid_t pid, std::uint64_t& bytes) {
  char text[1024];
  if (ReadSmallFile(ProcPath(pid, "/smaps_rollup").text(), text, sizeof text) <= 0) return false;
  const char* const line = std::strstr(text, "\nPss:");
  if (line == nullptr) return false;
  bytes = std::strtoull(line + std::strlen("\nPss:"), nullptr, 10) * kBytesPerKilobyte;
  return true;
}

std::uint64_t MeasureShares(const TreeOwner& owner) {
  std::uint64_t sum = 0;
  DescendantWalk walk(owner);
  ProcessStat stat;
  while (walk.Next(stat)) {
    std::uint64_t share = 0;
    sum += ReadShare(stat.pid, share) ? share : ResidentBytes(stat);
  }
  return sum;
}

}  // namespace

void LimitWatch::Begin(const core::wire::Limits& limits, core::Instant now) {
  limits_ = limits;
  pause_ = core::kLimitLookFirst;
  const bool looks = limits.memory_bytes != kNoLimit || limits.cpu_ms != kNoLimit || limits.processes != kNoLimit;
  wake_at_ = looks ? now + pause_ : core::kNever;
}

core::LimitBreach LimitWatch::Look(const TreeOwner& owner, const core::wire::TreeUsage& collected) {
  const core::Instant began = Now();
  const core::LimitBreach breach = Compare(owner, Measure(owner, collected));
  const core::Instant now = Now();
  pause_ = std::min(pause_ * 2, core::kLimitLookPeriod);
  wake_at_ = now + std::max(pause_, (now - began) * (core::kLimitLookShare - 1));
  return breach;
}

LimitWatch::Sum LimitWatch::Measure(const TreeOwner& owner, const core::wire::TreeUsage& collected) const {
  constexpr std::uint64_t kUsualTicksPerSecond = 100;
  Sum sum;
  std::uint64_t ticks = 0;
  DescendantWalk walk(owner);
  ProcessStat stat;
  while (walk.Next(stat)) {
    ++sum.processes;
    sum.memory_bytes += ResidentBytes(stat);
    ticks += stat.cpu_ticks;
    // Enough is known, and every moment spent on counting gives a fork bomb room.
    if (sum.processes > limits_.processes) break;
  }
  // A process's figures include those of the children that it collected itself, so this counts everyone once.
  sum.cpu_ms = static_cast<std::uint64_t>(collected.user_us + collected.system_us) / kMicrosPerMilli +
               ticks * kMillisPerSecond / SystemValue(_SC_CLK_TCK, kUsualTicksPerSecond);
  return sum;
}

core::LimitBreach LimitWatch::Compare(const TreeOwner& owner, const Sum& sum) const {
  if (sum.processes > limits_.processes) return {ResourceLimit::kMaxProcesses, sum.processes, limits_.processes};
  if (sum.cpu_ms > limits_.cpu_ms) return {ResourceLimit::kCpuTimeMs, sum.cpu_ms, limits_.cpu_ms};
  if (sum.memory_bytes > limits_.memory_bytes) {
    // Resident pages that several processes share, as after a fork, were counted for each. Before a run is ended for
    // that, it is looked at closely.
    // Processes are read one after the other, so a fork in between is counted for both its sides: only what several looks
    // agree on ends a run.
    constexpr int kLooks = 3;
    std::uint64_t shares = ~std::uint64_t{0};
    for (int look = 0; look < kLooks; ++look) {
      shares = std::min(shares, MeasureShares(owner));
      if (shares <= limits_.memory_bytes) return {};
    }
    return {ResourceLimit::kMemoryBytes, shares, limits_.memory_bytes};
  }
  return {};
}

}  // namespace custody::guardian
