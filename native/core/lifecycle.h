#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/check.h"
#include "core/clock.h"

namespace custody::core {

/// Why a run was stopped. The first cause is final (I5).
enum class StopCause : std::uint8_t { kNone, kTimeout, kIdle, kOutputLimit, kResourceLimit, kCancelled, kHostExit };

/// What happens to processes that a finished leader leaves behind.
enum class StragglerPolicy : std::uint8_t { kKill, kReport, kLeave };

enum class RunPhase : std::uint8_t { kQueued, kSpawning, kRunning, kStopping, kDraining, kSettled };

/// How far the container is known to be gone.
/// kDetached: there is none, on purpose.
enum class ContainerFate : std::uint8_t { kUnknown, kEmpty, kKept, kUnconfirmed, kDetached };

/// `kStep` serves the wait that is in force: grace period, straggler grace or cleanup budget; never two at once.
enum class TimerKind : std::uint8_t { kDeadline, kIdle, kStep, kDrain };
inline constexpr std::size_t kTimerKinds = 4;

/// The durations of one run, in nanoseconds. `idle` 0: none.
struct LifecyclePlan {
  Nanos timeout = 0;
  Nanos idle = 0;
  Nanos grace = 0;
  Nanos drain = 0;
  Nanos straggler_grace = 0;
  Nanos cleanup_budget = 0;
  StragglerPolicy stragglers = StragglerPolicy::kKill;
};

/// One thing the lifecycle wants done. `timer` and `at` belong to kArmTimer and kCancelTimer.
struct Action {
  enum class Kind : std::uint8_t {
    kArmTimer,
    kCancelTimer,
    kSignalSoft,      ///< ask every member of the container to end
    kSignalHard,      ///< kill every member of the container
    kProbeContainer,  ///< look for members while the leader stays unreaped; answer with Empty or Occupied
    kReapLeader,      ///< collect the leader, then look for members; answer with Empty or Occupied
    kCloseStdin,
    kReleaseFlow,   ///< reading no longer waits for a listener
    kCloseReaders,  ///< give up on streams that are still open
    kReleaseContainer,
    kEmitStarted,
    kEmitSettled,
    kEmitCleanedUp,
  };
  Kind kind;
  TimerKind timer = TimerKind::kStep;
  Instant at = 0;
};

/// The actions of one input, in the order they must be performed. Bounded: no input produces more than kCapacity.
class ActionList {
 public:
  static constexpr std::size_t kCapacity = 12;
  void Add(Action action) {
    CUSTODY_CHECK(size_ < kCapacity);
    items_[size_++] = action;
  }
  std::span<const Action> items() const { return {items_.data(), size_}; }

 private:
  std::array<Action, kCapacity> items_{};
  std::size_t size_ = 0;
};

/// Decides why and when a run stops and when it is settled. Pure: no clock reads, no system calls, no memory.
///
/// The caller feeds facts with the time they were seen and performs the returned actions in order. A run is settled when
/// the leader's exit is known, its streams are at end or were given up, and its container is empty, kept by policy, or
/// reported as unconfirmed (rule 7). The TypeScript twin is `src/backend/fallback/lifecycle.ts`; both are held to
/// `test/conformance/lifecycle-vectors.json`.
///
/// Thread : the thread that owns the run.
class Lifecycle {
 public:
  /// `open_streams`: how many output streams will report an end.
  Lifecycle(const LifecyclePlan& plan, int open_streams) : plan_(plan), open_streams_(open_streams) {}

  ActionList SpawnBegan();
  ActionList SpawnOk(Instant now);
  /// Started without custody, as asked: nothing is left to decide.
  ActionList SpawnDetached();
  ActionList SpawnFailed();
  ActionList StreamEnded(Instant now);
  ActionList LeaderExited(Instant now);
  ActionList ContainerEmpty(Instant now);
  ActionList ContainerOccupied(Instant now);
  /// `reading_paused`: a stream waits for its listener, so neither the drain limit is being used up by a pipe's holder nor
  /// the idle limit by the command.
  ActionList TimerFired(TimerKind timer, Instant now, bool reading_paused = false);
  /// `grace` 0 kills at once. A second request may only harden the plan.
  ActionList StopRequested(StopCause cause, Nanos grace, Instant now);
  ActionList Suspended(Instant now);
  ActionList Resumed(Instant now);
  /// Output arrived: the idle limit starts anew.
  void Activity(Instant now) { last_activity_ = now; }

  RunPhase phase() const { return phase_; }
  /// kNone unless a stop was asked for while the leader lived, or before it started.
  StopCause cause() const { return cause_; }
  /// True when the leader had to be killed; false when it ended by itself or within its grace period.
  bool forced() const { return forced_; }
  bool leader_exited() const { return leader_exited_; }
  bool spawned() const { return spawned_; }
  ContainerFate container() const { return container_; }

 private:
  /// What the step timer is waiting for.
  enum class Step : std::uint8_t { kNone, kGrace, kStragglerWait, kStragglerGrace, kCleanup };

  /// Members were left alive by policy and are still ours to end.
  bool KeepsCustody() const {
    return container_ == ContainerFate::kKept && plan_.stragglers == StragglerPolicy::kReport;
  }
  void Arm(ActionList& out, TimerKind timer, Instant at);
  void Cancel(ActionList& out, TimerKind timer);
  void BeginStopping(ActionList& out, StopCause cause, Nanos grace, Instant now);
  void KillContainer(ActionList& out, Instant now);
  void StopDraining(ActionList& out, Instant now);
  void CutStreams(ActionList& out);
  void ArmDrainIfOpen(ActionList& out, Instant now);
  void StepElapsed(ActionList& out, Instant now);
  void GiveUpOnContainer(ActionList& out);
  void SettleIfDone(ActionList& out);

  LifecyclePlan plan_;
  int open_streams_;
  RunPhase phase_ = RunPhase::kQueued;
  Step step_ = Step::kNone;
  StopCause cause_ = StopCause::kNone;
  ContainerFate container_ = ContainerFate::kUnknown;
  std::array<bool, kTimerKinds> armed_{};
  bool spawned_ = false;
  bool leader_exited_ = false;
  bool forced_ = false;
  bool hard_sent_ = false;
  /// A stop came while draining: open streams are not waited for.
  bool hurried_ = false;
  Nanos pending_grace_ = 0;
  Instant deadline_ = 0;
  Instant last_activity_ = 0;
  Instant suspended_at_ = kNever;
};

}  // namespace custody::core
