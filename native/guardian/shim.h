#pragma once
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/limits.h"
#include "core/wire.h"
#include "guardian/cgroup_leaf.h"
#include "guardian/datagram.h"
#include "guardian/descendant_walk.h"
#include "guardian/growable_array.h"
#include "guardian/host_watch.h"
#include "guardian/kill_loop.h"
#include "guardian/limit_watch.h"
#include "guardian/message_socket.h"

namespace custody::guardian {

/// What guardian and shim both see of a shim; in memory they share.
enum class ShimState : std::uint8_t {
  kFree,
  kInCustody,
  /// Its members were let go: nobody waits for it, and nobody kills what it leaves.
  kLetGo,
};

/// What a shim is born with.
struct ShimSeat {
  int socket = -1;
  HostWatch host;
  core::wire::ShimKind kind = core::wire::ShimKind::kTree;
  std::atomic<ShimState>* state = nullptr;
  /// The folder to make leaves in; -1: none.
  int cgroup_base = -1;
  /// It was born in the host's directory, which it could not enter later.
  bool in_host_directory = false;
};

/// One run of a shim. Plain values; a new run starts from a fresh one.
struct Run {
  bool is_active = false;
  bool tells_stops = false;
  bool leader_gone = false;
  bool leader_lost = false;
  /// What the kill meets is left behind by a leader that has ended: it is named in kEmpty.
  bool names_ended = false;
  bool started_told = false;
  bool exited_told = false;
  std::uint32_t number = 0;
  pid_t leader = -1;
  /// As the host sees it.
  pid_t leader_in_proc = -1;
  int status = 0;
  int stop_signal = 0;
  /// A signal that went to the leader's group and is still owed to those outside it; 0: none.
  int owed_signal = 0;
  core::Instant started_at = 0;
  core::Instant ended_at = 0;
  core::Instant next_report = core::kNever;
  rusage leader_usage{};
  core::wire::TreeUsage usage{};
  core::wire::Limits limits{};
  /// The first limit that was exceeded; no other is looked for after it.
  core::LimitBreach breach;
  std::uint32_t ended_count = 0;
};

/// The root of one guarded tree: subreaper (or first process of a namespace) and parent of the leader. One run at a time.
///
/// Here, and only here, `waitpid(-1)` is right: every child is the run's. "Empty" is always what the kernel said (ECHILD),
/// never that a signal was sent.
class Shim {
 public:
  explicit Shim(const ShimSeat& seat);

  /// Serves until the host lets go or is gone, and nothing of the last run is left. Returns the exit code.
  int Serve();

 private:
  enum class Link { kOpen, kClosed, kLetGo };
  /// Messages that are due, in the order in which they are sent. Each is made from the state at the moment of sending.
  enum Due : std::uint32_t {
    kDueNotStarted = 1,
    kDueStarted = 2,
    kDueSuspended = 4,
    kDueBreach = 8,
    kDueExited = 16,
    kDueTree = 32
  };

  // The loop (shim.cc).
  bool IsDone() const;
  void Advance(core::Instant now);
  void Wait();
  core::Instant WakeAt() const;
  void ReadMessages();
  void Handle(const Datagram& datagram, const core::wire::Header& header);
  void LoseHost();
  void LetGo();
  void FinishRun();

  // What a message asks for, and what children do (shim_run.cc).
  void Launch(Datagram& datagram, const core::wire::Launch& launch);
  /// Returns: 0 or errno.
  int ReadText(const core::wire::Launch& launch, Datagram& datagram, LaunchText& text);
  void RefuseLaunch(int error, core::wire::StartStage stage);
  void SignalRun(int number);
  /// The leader, asked to end, is gone: whoever left its group is asked as well.
  void SignalOutsiders();
  void BeginKill();
  bool Reap();
  void Count(pid_t pid, int status, const rusage& used);
  void WatchLimits(core::Instant now);
  void NoteBreach(const core::LimitBreach& breach);
  void NameEnded(const ProcessStat& stat);

  // What the host is told (shim_reports.cc).
  void Tell();
  Delivery TellNotStarted();
  Delivery TellStarted();
  Delivery TellSuspended();
  Delivery TellBreach();
  Delivery TellExited();
  Delivery TellTree();
  core::wire::Header HeaderFor(core::wire::MessageType type, std::size_t length) const;
  core::wire::Tree TreeFor(core::wire::MessageType type, std::size_t length, bool empty) const;
  std::uint32_t RecordLiving(core::wire::ProcessRecord* into, std::uint32_t& count);

  ShimSeat seat_;
  Link link_ = Link::kOpen;
  /// What the host said before it died is still heard: it may have let go.
  bool host_is_gone_ = false;
  bool socket_is_full_ = false;
  bool no_child_ = true;
  /// No child, and the leaf is empty where there is one.
  bool nothing_left_ = true;
  bool served_one_ = false;
  std::uint32_t due_ = 0;
  int refusal_ = 0;
  core::wire::StartStage refusal_stage_ = core::wire::StartStage::kRead;
  std::uint32_t leaf_count_ = 0;
  Run run_;
  TreeOwner owner_;
  KillLoop kill_;
  LimitWatch limits_;
  CgroupLeaf leaf_;
  GrowableArray<std::byte> inbox_;
  GrowableArray<char*> pointers_;
  GrowableArray<char> text_;
  std::array<core::wire::ProcessRecord, core::kNamedProcesses> ended_{};
};

}  // namespace custody::guardian
