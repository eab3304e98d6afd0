#pragma once
#include <sys/types.h>

#include <cstdint>

#include "core/wire.h"

namespace custody::guardian {

/// A cgroup2 leaf that holds one run. What is in it can be ended by one write, wherever it hangs in the process tree.
///
/// Owns   : the folder's descriptor, and the folder until Remove succeeds.
/// Source : Linux Documentation/admin-guide/cgroup-v2.rst: cgroup.kill (5.14), cgroup.events.
class CgroupLeaf {
 public:
  CgroupLeaf() = default;
  CgroupLeaf(const CgroupLeaf&) = delete;
  CgroupLeaf& operator=(const CgroupLeaf&) = delete;
  ~CgroupLeaf() { Remove(); }

  /// Makes `custody-<pid>-<number>` below the folder `base`. Returns: 0 or errno.
  int Make(int base, pid_t pid, std::uint32_t number);
  bool exists() const { return folder_ != -1; }
  int folder() const { return folder_; }

  /// Bounds memory, where the leaf has that controller. Not processes: pids.max counts threads, and a limit of four would
  /// keep any Node from starting.
  void Apply(const core::wire::Limits& limits);
  /// Whether the kernel has ended members because the leaf was full; kNone in the breach: it has not.
  core::LimitBreach MemoryBreach(const core::wire::Limits& limits) const;

  int Kill();
  bool IsEmpty() const;
  void Remove();

 private:
  int base_ = -1;
  int folder_ = -1;
  bool bounds_memory_ = false;
  char name_[40] = {};
};

/// Opens the cgroup2 folder that this process is in. Returns: a descriptor, or -1 with errno.
int OpenOwnCgroup();

/// Tries everything that a run needs: make a leaf, start a process in it, kill it there, see it empty, remove it.
/// Returns: 0, or errno of what failed; `step` names it.
int ProbeCgroup(int base, const char** step);

/// Kills and removes the leaves that a shim left when it was killed itself.
void RemoveLeavesOf(int base, pid_t shim);

}  // namespace custody::guardian
