#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/clock.h"

namespace custody::core {

enum class SignalScope : std::uint8_t { kLeader, kGroup, kTree };

/// One signal that was sent. `signal` is a string literal.
struct StopStep {
  const char* signal = "";
  SignalScope scope = SignalScope::kGroup;
  Instant at = 0;
};

/// A process as it was named when it was seen. The pid is information, never an authority.
struct NamedProcess {
  std::int64_t pid = 0;
  std::string name;
  char state = '?';
};

enum class SurvivorReason : std::uint8_t { kPermission, kUninterruptible, kFrozen, kDeadline, kUnknown };

struct Survivor {
  NamedProcess process;
  SurvivorReason why = SurvivorReason::kUnknown;
};

/// What held the processes of a run; order is that of the surface.
enum class Mechanism : std::uint8_t { kJob, kShim, kShimCgroup, kNamespace, kSweep, kGroup, kChildOnly, kNone };

enum class CleanupStatus : std::uint8_t { kConfirmed, kConfirmedGroupOnly, kUnconfirmed, kKept, kNotNeeded };

/// CPU time and memory; negative where unknown.
struct Usage {
  double user_ms = -1;
  double system_ms = -1;
  double peak_rss_bytes = -1;
  double processes = -1;
  bool whole_tree = false;
};

}  // namespace custody::core
