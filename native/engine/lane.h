#pragma once
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "core/limits.h"
#include "core/result.h"
#include "engine/command.h"
#include "engine/event_sink.h"
#include "engine/timers.h"
#include "platform/container.h"
#include "platform/engine_thread.h"
#include "platform/poller.h"

namespace custody::engine {

/// A request to the thread of a lane.
struct Message {
  enum class Kind : std::uint8_t { kLaunch, kStop, kInputOffered, kResumeReading, kResumeLeader, kRelease, kClose };
  Kind kind;
  core::LaunchId id = 0;
  std::unique_ptr<Command> command = nullptr;  ///< kLaunch
  core::StopCause cause = core::StopCause::kNone;
  core::Nanos grace = 0;
  int stream = 0;  ///< kResumeReading
};

/// The facts of one lane on their way out: held back a little where that saves wake-ups of JavaScript.
///
/// Thread : the lane's.
class NewsDesk final : public EventSink {
 public:
  explicit NewsDesk(EventSink& sink) : sink_(sink) {}
  std::uint64_t Push(const core::Event& event, Urgency urgency) override;
  std::uint64_t deliveries() const override { return sink_.deliveries(); }
  void Flush() override;
  /// Wakes JavaScript if news is due. Urgent news waits for `patience` as well.
  void FlushDue(core::Instant now, core::Nanos patience);
  /// When FlushDue has something to do.
  core::Instant next(core::Nanos patience = 0) const;

 private:
  void ForgetDelivered(std::uint64_t deliveries);

  EventSink& sink_;
  /// What the sink said at the last Push. Another lane's news may have taken ours along since.
  std::uint64_t deliveries_seen_ = 0;
  /// When urgent news came, and when other news must go; kNever without any.
  core::Instant urgent_at_ = core::kNever;
  core::Instant late_at_ = core::kNever;
};

/// How long the starts that are queued will keep a lane busy, from the pace of the last ones.
class StartPace {
 public:
  /// A start was made; `more`: others are queued, so the next one follows without a pause.
  void Started(core::Instant now, bool more) {
    if (last_ != core::kNever) pace_ += (now - last_ - pace_) / kWeight;
    last_ = more ? now : core::kNever;
  }
  core::Nanos TimeFor(std::size_t starts) const { return static_cast<core::Nanos>(starts) * pace_; }

 private:
  /// One start counts for an eighth: a pace that changes is followed within some ten starts.
  static constexpr core::Nanos kWeight = 8;
  core::Instant last_ = core::kNever;
  core::Nanos pace_ = 0;
};

/// The runs that live on one thread. A run never changes its lane; lanes share nothing.
///
/// Thread : an engine thread of its own from StartThread on; until then the lane does nothing but when its caller drives it.
///          The public calls and the life of the object belong to JavaScript's thread.
class Lane {
 public:
  static core::Result<std::unique_ptr<Lane>> Create(EventSink& sink, platform::Containment& containment);
  /// The lane must have ended, see EndBy.
  ~Lane() = default;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  core::Status StartThread();
  bool has_thread() const { return thread_ != nullptr; }
  /// Without a thread: does the lane's work here until `id` has settled, or until `interrupted`, which is asked now and then, says
  /// so. Returns whether it settled.
  bool DriveUntilSettled(core::LaunchId id, const std::function<bool()>& interrupted);
  /// Without a thread: does what can be done without waiting.
  void WorkOff();
  /// Without a thread: whether a run still has to be watched.
  bool has_live_runs() const;

  void Post(Message message);
  /// Launches that have been posted and not yet been started: where the next one should not queue up.
  int starting() const { return starting_.load(std::memory_order_relaxed); }
  /// How many starts may be in progress at once; core::kStartsPerLane at first.
  void LimitStarts(std::size_t most);
  /// After kClose was posted: waits for the thread to end, or drives the lane that has none. Returns false when it did not end by
  /// then; it must then never be destroyed, because the thread still uses it.
  bool EndBy(core::Instant deadline);

 private:
  Lane(EventSink& sink, std::unique_ptr<platform::Poller> poller, platform::Containment& containment);

  static void Main(void* lane);
  void Run();
  void TakeMail(core::Instant now);
  void Handle(Message& message, core::Instant now);
  void WakeIfAsleep();
  void StartNext();
  bool can_start() const;
  core::Nanos Patience() const;
  void WaitForEvents(core::Instant latest);
  void BeginClosing(core::Instant now);
  bool DriveToEnd(core::Instant deadline);
  bool may_end() const;
  Command* Find(core::LaunchId id);
  void DeleteFinished();

  NewsDesk news_;
  std::unique_ptr<platform::Poller> poller_;
  std::unique_ptr<platform::ContainerFactory> containers_;
  TimerQueue timers_;
  LaneServices services_;
  std::unique_ptr<platform::EngineThread> thread_;

  std::mutex mailbox_mutex_;
  std::vector<Message> mailbox_;
  std::atomic<bool> sleeping_{false};
  std::atomic<int> starting_{0};
  std::atomic<std::size_t> most_starts_{core::kStartsPerLane};

  std::unordered_map<core::LaunchId, std::unique_ptr<Command>> commands_;
  std::deque<Command*> start_queue_;
  /// Starts that are not done yet. A command that runs is not among them, however long it runs.
  std::vector<Command*> starts_;
  StartPace start_pace_;
  std::vector<Message> mail_;
  std::vector<core::LaunchId> released_;
  bool closing_ = false;

  std::mutex ended_mutex_;
  std::condition_variable ended_changed_;
  bool ended_ = false;
};

}  // namespace custody::engine
