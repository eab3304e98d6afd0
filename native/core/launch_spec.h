#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/lifecycle.h"
#include "core/resource_limits.h"

namespace custody::core {

enum class StdinSource : std::uint8_t { kIgnore, kInherit, kFile, kPipe };
/// kMerged: into the first stream, wherever that goes; of the second stream only.
enum class OutputTarget : std::uint8_t { kCapture, kInherit, kIgnore, kMerged };
enum class ContainmentWish : std::uint8_t { kTree, kStrict, kGroup, kNone };

/// A user or a group by number.
using AccountId = std::uint32_t;
/// The host's, which is what these numbers mean to the system as well.
inline constexpr AccountId kHostAccount = ~AccountId{0};

/// One launch, as checked by the facade. Blocks hold strings one after the other, each ended by a NUL.
struct LaunchSpec {
  /// The file as given, then the arguments: what the child sees as argv.
  std::string argv_block;
  /// The arguments are pieces of a command line and stand in it as they are. Without meaning where there is no such line.
  bool is_verbatim = false;
  /// Empty: the host's.
  std::string cwd;
  /// "NAME=value" entries the child starts from.
  std::string base_environment;
  /// "NAME=value" entries set on top.
  std::string environment_set;
  /// Names removed from the base.
  std::string environment_unset;

  StdinSource stdin_source = StdinSource::kIgnore;
  std::string stdin_path;
  /// Bytes known beforehand; fed first.
  std::string input;
  bool stdin_stays_open = false;
  OutputTarget output[2] = {OutputTarget::kCapture, OutputTarget::kCapture};

  ContainmentWish containment = ContainmentWish::kTree;
  bool containment_required = false;

  /// With `user`, `group` is given too.
  AccountId user = kHostAccount;
  AccountId group = kHostAccount;

  ResourceLimits limits;
  /// Refuse to start where a limit would be held by nobody.
  bool strict_limits = false;

  std::uint64_t ring_bytes = 0;
  /// Those of `ring_bytes` that keep the first output; fewer.
  std::uint64_t head_bytes = 0;
  /// 0: none.
  std::uint64_t output_limit_bytes = 0;
  /// Both streams wait for a listener from the start, until the first `watch` says otherwise.
  bool holds_output = false;
  /// JavaScript waits for the end of this run at once: it lives on the thread that waits.
  bool waited_for = false;
  LifecyclePlan plan;
};

}  // namespace custody::core
