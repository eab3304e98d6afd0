#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/exit_status.h"
#include "core/lifecycle.h"
#include "core/os_error.h"
#include "core/receipt.h"
#include "core/resource_limits.h"

namespace custody::core {

/// Names a launch; never reused within an engine. Fits a JavaScript number.
using LaunchId = std::uint64_t;

struct StreamFacts {
  std::uint64_t total_bytes = 0;
  std::uint64_t kept_bytes = 0;
  bool complete = true;
  std::vector<NamedProcess> held_by;
};

/// The teardown receipt.
struct Cleanup {
  CleanupStatus status = CleanupStatus::kNotNeeded;
  Mechanism mechanism = Mechanism::kNone;
  bool leader_reaped = false;
  std::vector<StopStep> steps;
  std::vector<NamedProcess> killed;
  std::vector<Survivor> survivors;
  Nanos elapsed = 0;
};

/// kDetached: started without custody, and left alone.
enum class Ending : std::uint8_t { kEnded, kNotStarted, kLost, kDetached };

/// Everything known of a run that has settled.
struct SettledFacts {
  Ending ending = Ending::kNotStarted;
  ExitStatus status;
  StopCause cause = StopCause::kNone;
  bool forced = false;
  /// Valid when `ending` is kNotStarted and `refused`.
  OsError failure;
  bool refused = false;
  std::int64_t pid = 0;
  std::string resolved_file;
  double started_at_wall_ms = 0;
  Instant started_at = 0;
  Nanos duration = 0;
  StreamFacts streams[2];
  Usage usage;
  Cleanup cleanup;
  LimitBreach breach;
  /// Limits that were asked for and that nothing held.
  LimitSet unenforced;
};

/// A fact about one launch. Positions, never bytes.
struct Event {
  enum class Kind : std::uint8_t { kStarted, kOutput, kStdinWritable, kSuspended, kSettled, kCleanedUp };
  Kind kind = Kind::kStarted;
  LaunchId id = 0;
  /// kStarted: the pid. Everything else is read from the run when the event is delivered.
  std::int64_t pid = 0;
};

}  // namespace custody::core
