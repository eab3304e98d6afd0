#pragma once
#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "core/wire.h"
#include "guardian/descendant_walk.h"
#include "guardian/group_kill.h"
#include "guardian/growable_array.h"
#include "guardian/host_watch.h"
#include "guardian/kill_loop.h"
#include "guardian/message_socket.h"
#include "guardian/shim.h"

namespace custody::guardian {

/// The process that outlives the host by milliseconds: makes shims, takes over the tree of one that was killed, and ends the groups
/// that have no shim.
///
/// It starts nothing of the host's itself. A child that is not a shim is an orphan of a dead shim: this process is the
/// next subreaper above it.
class Guardian {
 public:
  Guardian(pid_t host, int socket, int host_pidfd);

  /// Serves until the control socket is at its end or the host is gone, and every shim in custody has ended. Returns the
  /// exit code. In a shim, that of the shim.
  int Serve();

 private:
  struct ShimEntry {
    pid_t pid;
    /// A copy of the shim's end, to answer on when the shim cannot.
    int socket;
    std::uint32_t slot;
    core::wire::ShimKind kind;
    /// It died, and what it held is not confirmed gone yet.
    bool is_lost;
    /// It died beside one that had let go: what it held may have been spared, so nobody can say that it is gone.
    bool is_doubtful;
  };

  bool IsDone() const;
  void Advance(core::Instant now);
  /// Returns: whether the host is gone.
  bool Wait();
  void ReadControl();
  void Obey(const core::wire::Header& request, int descriptor);
  void Close();

  void OpenShim(const core::wire::OpenShim& request, int socket);
  int BecomeShim(const ShimSeat& seat);
  int CgroupBase();
  /// Returns: the index of a free state, or kNoSlot.
  std::uint32_t TakeSlot();

  void Reap();
  void ForgetShim(std::size_t index, bool ended_well);
  void ExemptOrphans();
  bool IsExempt(pid_t pid) const;
  /// Whether no orphan is left. Zombies count until they are collected.
  bool HasNoOrphans();
  void TellLost(bool empty);

  HostWatch host_;
  int socket_;
  bool is_ending_ = false;
  int exit_code_ = -1;
  bool cgroup_probed_ = false;
  int cgroup_base_ = -1;
  std::uint32_t slots_used_ = 0;
  std::uint64_t reaped_ = 0;
  /// Orphans were spared in the last Reap.
  bool has_exempted_ = false;
  core::Instant next_report_ = core::kNever;
  std::atomic<ShimState>* states_ = nullptr;
  GrowableArray<ShimEntry> shims_;
  /// What a shim that had let go of its members left: nobody's any more, for good.
  GrowableArray<pid_t> exempt_;
  GrowableArray<pid_t> children_;
  TreeOwner owner_;
  KillLoop kill_;
  GroupKill groups_;
};

}  // namespace custody::guardian
