#pragma once
#include <sys/types.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/limits.h"
#include "core/result.h"
#include "core/wire.h"
#include "platform/handle.h"
#include "platform/linux/group_table.h"
#include "platform/linux/host_identity.h"
#include "platform/posix/spawn.h"

namespace custody::platform {

/// Our end of a shim's connection, and what is known of the process behind it.
struct Shim {
  OwnedHandle socket;
  core::wire::ShimKind kind = core::wire::ShimKind::kTree;
  /// The number of its run in progress, or of its last.
  std::uint32_t run = 0;
  /// Which guardian made it.
  std::uint32_t generation = 0;
};

/// The helper process that outlives the host by milliseconds, and makes the shims.
///
/// Started with the first shim or group, and again after it died: shims that run commands outlive it. What keeps it from starting
/// for good is remembered; then this mechanism is not available.
///
/// Thread : any; made on JavaScript's. A start blocks the calling engine thread until the exec.
/// Owns   : the process: it is reaped here, by pid (I3).
class GuardianProcess {
 public:
  /// `uses_cgroups`: every tree gets a cgroup leaf of its own as well, where that works.
  explicit GuardianProcess(bool uses_cgroups);
  ~GuardianProcess();
  GuardianProcess(const GuardianProcess&) = delete;
  GuardianProcess& operator=(const GuardianProcess&) = delete;

  /// Errors : operation "containment" when no guardian can be had, "spawn" when this host lacks something just now (EMFILE).
  core::Result<Shim> OpenShim(core::wire::ShimKind kind);
  /// Sees to it that a guardian has the table in which groups are entered. Costs system calls, so it is asked now and then.
  ///
  /// Returns: the table, which lives as long as this; null when no guardian can be had.
  GroupTable* GuardGroups();
  /// Whether the guardian that made an idle shim lives. Without it nobody would empty the tree of a shim that is killed.
  bool StandsBehind(const Shim& shim);
  /// A shim has answered, so the guardian that made it works.
  void NoteUse() { was_of_use_.store(true, std::memory_order_relaxed); }

 private:
  /// One that is ending, or that guards the groups of whom the host was.
  struct Former {
    Spawned process;
    OwnedHandle control;
  };

  core::Result<Shim> Ask(core::wire::ShimKind kind);
  core::Status EnsureRunning();
  /// Forgets a guardian that ended, or that is still who the host no longer is.
  void ForgetIfUnfit();
  core::Status Start();
  /// It is of no use any more, whether or not it has ended already.
  void Forget();
  /// Nothing is wrong with it, but the host is somebody else now.
  void Retire();
  core::Status TellOfGroups();
  void ReapFormer();

  const std::string file_;
  const bool uses_cgroups_;
  std::mutex mutex_;
  OwnedHandle control_;
  Spawned process_;
  /// Whom it runs as, like its shims and their commands. A host that became somebody else needs another one.
  HostIdentity identity_;
  /// Counts the guardians of this host.
  std::uint32_t generation_ = 0;
  /// Guardians that have not been reaped.
  std::vector<Former> former_;
  /// One for each user that the host has been: groups have places in all of them.
  std::vector<std::unique_ptr<GroupTable>> tables_;
  /// That of whom the host is now, or null.
  GroupTable* table_ = nullptr;
  /// Which guardian has it.
  std::uint32_t table_generation_ = 0;
  std::atomic<bool> was_of_use_{false};
  /// When the last guardians failed, oldest first.
  std::array<core::Instant, core::kGuardianFailures> failed_at_;
  /// Why none is started any more.
  std::optional<core::OsError> refusal_;
};

}  // namespace custody::platform
