#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/event.h"
#include "core/launch_spec.h"
#include "core/limits.h"
#include "engine/event_sink.h"
#include "engine/shared_run.h"

namespace custody::platform {
class Containment;
}

namespace custody::engine {

class Lane;

/// Starts that may be in progress at once on one lane. `crowded`: JavaScript needs a processor as well, so those of all lanes
/// together get no more than there are. 0 processors: not known.
std::size_t StartsPerLane(bool crowded, std::size_t processors);

/// Launches commands and answers for them until they are released.
///
/// Starts its threads with the first launch: one, and a second when a start would have to wait for another. A run that JavaScript
/// waits for needs none: the thread that waits does its work.
/// Thread : every call from one thread, JavaScript's. Facts come back through the sink, from the engine threads.
/// Owns   : the lanes. `sink` must outlive the engine.
class Engine {
 public:
  explicit Engine(EventSink& sink);
  /// Close must have been called.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Queues the launch. Whatever stands in its way arrives as kSettled.
  core::LaunchId Launch(core::LaunchSpec spec);
  /// The calls below ignore ids that were released.
  void Stop(core::LaunchId id, core::StopCause cause, core::Nanos grace);
  std::size_t WriteStdin(core::LaunchId id, std::span<const std::byte> chunk);
  void CloseStdin(core::LaunchId id);
  void Watch(core::LaunchId id, int stream, Flow flow);
  void Acknowledge(core::LaunchId id, int stream, std::uint64_t cursor);
  void ResumeLeader(core::LaunchId id);
  void Release(core::LaunchId id);
  /// JavaScript asks for more than it lets run: it has more to do than to wait for the next start. Off at first.
  void SetCrowded(bool crowded);
  /// nullptr for an id that was released.
  SharedRun* Find(core::LaunchId id);

  /// Whether the run goes on only while DriveUntilSettled does its work.
  bool waits_to_be_driven(core::LaunchId id);
  /// Runs the command on the calling thread until it has settled, or until `interrupted`, which is asked now and then, says so.
  /// Returns whether it settled.
  bool DriveUntilSettled(core::LaunchId id, const std::function<bool()>& interrupted);

  /// Kills everything, waits for at most `budget`, and ends the threads. Returns whether all threads have ended, now and before.
  bool Close(core::Nanos budget);

 private:
  struct Run {
    std::shared_ptr<SharedRun> shared;
    Lane* lane = nullptr;  ///< nullptr when the launch never reached one
  };

  Lane* ChooseLane();
  Lane* SyncLane();
  std::unique_ptr<Lane> MakeLane();
  Run* FindRun(core::LaunchId id);
  void RefuseNow(core::LaunchId id, SharedRun& shared, const core::OsError& error);

  EventSink& sink_;
  std::shared_ptr<platform::Containment> containment_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  /// For runs that are waited for. It has no thread until one of its runs outlives the wait, and keeps the thread then.
  std::unique_ptr<Lane> sync_lane_;
  std::unordered_map<core::LaunchId, Run> runs_;
  core::LaunchId next_id_ = 1;
  core::OsError lane_error_{};
  bool closed_ = false;
  /// Asked for once: a crowd may come and go with every command, and the answer may take a file.
  std::size_t processors_;
  std::size_t most_starts_ = core::kStartsPerLane;
  /// No lane had to be left behind.
  bool all_ended_ = true;
};

}  // namespace custody::engine
