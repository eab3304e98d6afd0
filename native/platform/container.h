#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/exit_status.h"
#include "core/launch_spec.h"
#include "core/receipt.h"
#include "core/result.h"
#include "platform/pipe.h"
#include "platform/poller.h"

namespace custody::platform {

/// Hears what becomes of a leader and its container. Called on the engine thread, possibly from inside a call to the container.
class ContainerObserver {
 public:
  /// `pid` 0: a leader may have been started, but nobody is left who could say so; OnLeaderLost follows.
  virtual void OnStarted(std::int64_t pid, core::Instant started_at) = 0;
  virtual void OnSpawnFailed(const core::OsError& error) = 0;
  /// The leader is known to be dead. It may still be unreaped (I1).
  virtual void OnLeaderExited(const core::ExitStatus& status) = 0;
  /// The leader is dead, but how it ended could not be learned.
  virtual void OnLeaderLost(const core::OsError& error) = 0;
  virtual void OnContainerEmpty() = 0;
  virtual void OnContainerOccupied() = 0;
  /// A limit of the spec was exceeded. Said once, before what follows from it (OnLeaderExited, OnContainerEmpty).
  virtual void OnLimitBreached(const core::LimitBreach& breach) = 0;
  /// The leader was stopped by its terminal, which has been given back to the host.
  virtual void OnLeaderSuspended() = 0;

 protected:
  ~ContainerObserver() = default;
};

/// What a container knows when it is asked for the receipt.
struct ContainerReport {
  core::Mechanism mechanism = core::Mechanism::kNone;
  /// The status that an empty container of this kind stands for.
  core::CleanupStatus when_empty = core::CleanupStatus::kConfirmedGroupOnly;
  bool leader_reaped = false;
  std::vector<core::NamedProcess> killed;
  std::vector<core::Survivor> survivors;
  core::Usage usage;
};

/// Holds a leader and its descendants: one kind per mechanism (group, guarded tree, job, namespace). The engine knows none.
///
/// Thread : engine thread only.
/// Owns   : the leader until it is reaped, and the right to signal.
class Container {
 public:
  virtual ~Container() = default;

  /// Starts the leader. The answer, OnStarted or OnSpawnFailed, may come from inside the call or later.
  virtual void Launch(const core::LaunchSpec& spec, ChildStdio stdio) = 0;
  /// Asks every member to end. Returns what was sent, nothing when there was nobody to send it to.
  virtual std::optional<core::StopStep> SignalSoft(core::Instant now) = 0;
  /// Kills every member, now and whenever a later look finds one.
  virtual std::optional<core::StopStep> SignalHard(core::Instant now) = 0;
  /// Looks for members while a dead leader stays unreaped, until there are none: OnContainerEmpty or OnContainerOccupied.
  virtual void Probe(core::Instant now) = 0;
  /// Looks for members until there are none, and then collects the dead leader: OnContainerEmpty or OnContainerOccupied.
  virtual void ReapLeader(core::Instant now) = 0;
  /// Gives the terminal back to a suspended leader and lets it go on.
  virtual void Resume() = 0;
  /// Members that live on are kept by policy: the leader is collected all the same, and their end is looked for rarely.
  virtual void KeepMembers() = 0;

  /// A handle the container registered with the poller is ready.
  virtual void OnReady(core::Instant now) = 0;
  /// When OnWake is due; kNever if the container waits for nothing but its handles.
  virtual core::Instant wake_at() const = 0;
  virtual void OnWake(core::Instant now) = 0;

  /// Also true before the observer hears of it: some containers tell of a short command's start and end at once.
  virtual bool is_leader_dead() const { return false; }
  /// The limits that something holds here, for the whole run or for each of its processes.
  virtual core::LimitSet enforced_limits() const { return {}; }
  virtual ContainerReport Report() = 0;
  /// The path that was executed; empty when it was not found.
  virtual const std::string& resolved_file() const = 0;
};

/// Makes the containers of one engine thread. Must outlive them.
///
/// Thread : engine thread only; it may be made and ended elsewhere.
class ContainerFactory {
 public:
  virtual ~ContainerFactory() = default;

  /// Makes the container that the spec asks for, or the strongest available one.
  ///
  /// Errors : operation "containment" when the spec requires a level that is not available.
  virtual core::Result<std::unique_ptr<Container>> Make(const core::LaunchSpec& spec, PollToken token,
                                                        ContainerObserver& observer) = 0;
};

/// What the containers of one engine share: whatever holds their processes when the engine no longer can.
///
/// Starts nothing before the first container needs it.
/// Thread : any; made on JavaScript's thread. The factories keep it alive.
class Containment {
 public:
  static std::shared_ptr<Containment> Create();
  virtual ~Containment() = default;
  /// `poller` must outlive the factory.
  virtual std::unique_ptr<ContainerFactory> MakeFactory(Poller& poller) = 0;
};

}  // namespace custody::platform
