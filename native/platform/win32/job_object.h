#pragma once
#include <windows.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "core/receipt.h"
#include "core/resource_limits.h"
#include "core/result.h"
#include "platform/handle.h"

namespace custody::platform {

/// A Job Object: ends its processes when its last handle is closed, and lets none of them leave.
///
/// Thread : engine thread only.
/// Owns   : the only handle there is, so that the end of this process, however it comes, is the end of the job.
/// Source : Win32 Job Objects; winnt.h.
class JobObject {
 public:
  /// Makes an empty job with `limits`.
  static core::Result<JobObject> Create(const core::ResourceLimits& limits);

  HANDLE raw() const;
  /// Ends every member. None of their code runs any more; the members are gone a moment later.
  void Terminate() const;
  /// From now on the members outlive the job's handle.
  void LetMembersGo() const;
  /// How many members are alive; nothing when the system does not say.
  std::optional<std::uint32_t> CountActive() const;
  /// Whether a look at every member finds none that runs, whatever the count says.
  bool HaveAllEnded() const;
  /// The pids of the living members.
  std::vector<std::uint32_t> Members() const;
  /// Of all members together. What the system reports as zero is unknown: a process uses more than that.
  core::Usage ReadUsage() const;
  /// What was used of a limit that a message said is exceeded.
  core::LimitBreach Describe(core::ResourceLimit limit, const core::ResourceLimits& limits) const;

 private:
  explicit JobObject(OwnedHandle handle) : handle_(std::move(handle)) {}
  /// How many members there have been.
  std::optional<std::uint32_t> CountEver() const;
  /// The pids that the system lists; nothing when it does not.
  std::optional<std::vector<std::uint32_t>> List() const;

  OwnedHandle handle_;
};

/// The exit code of what Terminate() ended.
inline constexpr std::uint32_t kTerminatedCode = 1;

/// The limits that a job holds; the others are held by nothing on this system.
core::LimitSet LimitsOfJob();

}  // namespace custody::platform
