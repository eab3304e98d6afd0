#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace custody::core {

/// Order is that of RESOURCE_LIMITS in src/backend/native/surface.ts, where 0 is "none".
enum class ResourceLimit : std::uint8_t {
  kNone,
  kMemoryBytes,
  kCpuTimeMs,
  kMaxProcesses,
  kMaxOpenFiles,
  kMaxFileSizeBytes,
};
inline constexpr std::size_t kResourceLimits = 5;

inline constexpr std::uint64_t kNoLimit = ~std::uint64_t{0};

/// What a run may use. The first three are meant for all its processes together, the others for each of them.
struct ResourceLimits {
  std::uint64_t memory_bytes = kNoLimit;
  std::uint64_t processes = kNoLimit;
  std::uint64_t cpu_ms = kNoLimit;
  std::uint64_t open_files = kNoLimit;
  std::uint64_t file_bytes = kNoLimit;
};

/// A set of limits, one bit each.
class LimitSet {
 public:
  constexpr LimitSet() = default;
  static constexpr LimitSet Of(const ResourceLimits& limits) {
    LimitSet set;
    if (limits.memory_bytes != kNoLimit) set.Add(ResourceLimit::kMemoryBytes);
    if (limits.cpu_ms != kNoLimit) set.Add(ResourceLimit::kCpuTimeMs);
    if (limits.processes != kNoLimit) set.Add(ResourceLimit::kMaxProcesses);
    if (limits.open_files != kNoLimit) set.Add(ResourceLimit::kMaxOpenFiles);
    if (limits.file_bytes != kNoLimit) set.Add(ResourceLimit::kMaxFileSizeBytes);
    return set;
  }
  static constexpr LimitSet All() {
    LimitSet set;
    for (unsigned limit = 1; limit <= kResourceLimits; ++limit) set.Add(static_cast<ResourceLimit>(limit));
    return set;
  }
  /// What an rlimit holds for each process by itself.
  static constexpr LimitSet PerProcess() {
    LimitSet set;
    set.Add(ResourceLimit::kCpuTimeMs);
    set.Add(ResourceLimit::kMaxOpenFiles);
    set.Add(ResourceLimit::kMaxFileSizeBytes);
    return set;
  }

  constexpr LimitSet Without(LimitSet others) const {
    LimitSet rest;
    rest.bits_ = static_cast<std::uint8_t>(bits_ & ~others.bits_);
    return rest;
  }
  constexpr bool is_empty() const { return bits_ == 0; }
  /// Bit n stands for limit n + 1.
  constexpr std::uint8_t bits() const { return bits_; }

 private:
  constexpr void Add(ResourceLimit limit) {
    bits_ = static_cast<std::uint8_t>(bits_ | 1U << (static_cast<unsigned>(limit) - 1));
  }

  std::uint8_t bits_ = 0;
};

/// A limit that was exceeded; in the limit's own unit. What was seen: the true peak may be higher.
struct LimitBreach {
  ResourceLimit limit = ResourceLimit::kNone;
  std::uint64_t used = 0;
  std::uint64_t allowed = 0;
};

/// For whom a limit holds: nobody, each process by itself, or all processes of a run together.
enum class LimitReach : std::uint8_t { kNone, kProcess, kTree };

/// What a containment level makes of one limit. `how` is a string literal.
struct LimitSupport {
  LimitReach reach = LimitReach::kNone;
  const char* how = "nothing enforces it here";
};

/// In the order of ResourceLimit, without kNone.
using LimitSupports = std::array<LimitSupport, kResourceLimits>;

}  // namespace custody::core
