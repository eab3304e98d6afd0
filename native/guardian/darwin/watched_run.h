#pragma once
#include <sys/types.h>

#include <cstddef>

#include "core/clock.h"
#include "core/wire_sweep.h"
#include "guardian/darwin/message_stream.h"
#include "guardian/darwin/process_list.h"
#include "guardian/lineage.h"

namespace custody::guardian {

/// One run of the host: its connection, who descends from its leader, and the kill when one is asked for.
///
/// Nobody here is our child, so nobody is waited for: "gone" means that a look at the table found nobody who was ever seen.
/// The kill is that of the Linux shim, by unique ids in place of pidfds: stop everybody until a look finds nobody new, kill
/// each once, look again, and begin anew when that finds somebody new.
class WatchedRun {
 public:
  /// `kqueue` gets the notes of its members; borrowed.
  WatchedRun(int socket, int kqueue);
  ~WatchedRun();
  WatchedRun(const WatchedRun&) = delete;
  WatchedRun& operator=(const WatchedRun&) = delete;

  int socket() const { return socket_; }
  /// Takes what the host sent.
  void Hear(core::Instant now);
  /// The host let go, or is gone.
  void LoseHost(core::Instant now);
  /// Takes one look at the table; during a kill, does its next step.
  void Look(const ProcessList& table, core::Instant now);

  /// Whether members are followed at all: a run that has not been told of its leader has none.
  bool is_watching() const { return is_watching_; }
  bool is_killing() const { return phase_ != Phase::kWatching; }
  bool is_done() const {
    return socket_ == -1 && (!is_watching_ || (phase_ == Phase::kKilling && lineage_.is_empty()));
  }
  bool wants_look() const { return is_watching_ && is_told_to_tell_; }
  core::Instant wake_at() const { return is_killing() && is_watching_ ? wake_at_ : core::kNever; }

 private:
  enum class Phase { kWatching, kFreezing, kKilling };

  void Handle(core::Instant now);
  void BeginKill(core::Instant now);
  void BeginFreezing(core::Instant now);
  void FollowNewMembers();
  void Freeze(core::Instant now);
  void Kill(core::Instant now);
  void SignalAll(int number);
  void TellMembers(core::Instant now);
  void CloseSocket();

  int socket_;
  int kqueue_;
  bool is_watching_ = false;
  bool is_told_to_tell_ = false;
  std::uint32_t number_ = 0;
  Phase phase_ = Phase::kWatching;
  int quiet_looks_ = 0;
  core::Instant freeze_until_ = 0;
  core::Instant wake_at_ = core::kNever;
  core::Instant next_report_ = core::kNever;
  core::Nanos pause_ = 0;
  MessageStream stream_;
  Lineage lineage_;
};

}  // namespace custody::guardian
