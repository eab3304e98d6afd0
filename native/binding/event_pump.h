#pragma once
#include <node_api.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "core/event.h"
#include "engine/event_sink.h"

namespace custody::binding {

/// Carries facts from the engine threads to JavaScript's: many facts, one wake-up of the event loop.
///
/// Thread : Push and Flush from any engine thread; everything else on JavaScript's. The lock of the events is never held
///          while calling into Node or the engine (I9).
class EventPump final : public engine::EventSink {
 public:
  /// Hears the events that are waiting, on JavaScript's thread.
  using Receiver = std::function<void(const std::vector<core::Event>&)>;

  explicit EventPump(Receiver receiver) : receiver_(std::move(receiver)) {}
  ~EventPump() override = default;
  EventPump(const EventPump&) = delete;
  EventPump& operator=(const EventPump&) = delete;

  /// Returns false when Node has no threadsafe function to give; a JavaScript exception is then pending.
  bool Open(napi_env env);
  /// No event reaches JavaScript afterwards. The engine threads must have ended.
  void Close();
  /// The same where an engine thread may still push: its events are kept for nobody. The pump must then never be destroyed.
  void Mute();

  std::uint64_t Push(const core::Event& event, engine::Urgency urgency) override;
  std::uint64_t deliveries() const override { return deliveries_.load(std::memory_order_relaxed); }
  void Flush() override;

  void SetKeepAlive(napi_env env, bool on);
  /// Blocks until `id` has settled, or until `interrupted`, which is asked now and then, says so. Returns whether it settled.
  bool WaitForSettled(core::LaunchId id, const std::function<bool()>& interrupted);
  /// Takes out the events of `id`; those of others keep waiting.
  std::vector<core::Event> TakeEvents(core::LaunchId id);

 private:
  static void OnWake(napi_env env, napi_value callback, void* context, void* data);
  void Deliver();
  /// Called with the lock held; returns which of `wakes_` the caller must call after letting go, if any.
  std::optional<std::size_t> NeedsWake();
  void Wake(std::size_t turn);

  Receiver receiver_;
  /// Guards `wakes_` alone, so that they are not taken away while an engine thread uses one.
  std::mutex wake_mutex_;
  /// They take turns. Node runs one that is called while it runs again at once, up to 1 000 times, before timers and sockets get
  /// their turn; the other one is run by the event loop. The first keeps the loop alive for both.
  std::array<napi_threadsafe_function, 2> wakes_{};
  std::mutex mutex_;
  std::condition_variable settled_;
  std::vector<core::Event> waiting_;
  std::vector<core::Event> delivering_;
  bool wake_scheduled_ = false;
  /// Which of `wakes_` is called next.
  std::size_t turn_ = 0;
  /// Changed with the lock held.
  std::atomic<std::uint64_t> deliveries_{0};
};

}  // namespace custody::binding
