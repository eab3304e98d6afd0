#include "binding/event_pump.h"

#include <algorithm>
#include <utility>

#include "core/limits.h"

namespace custody::binding {

bool EventPump::Open(napi_env env) {
  napi_value name = nullptr;
  if (napi_create_string_utf8(env, "custody", NAPI_AUTO_LENGTH, &name) != napi_ok) return false;
  return std::ranges::all_of(wakes_, [&](napi_threadsafe_function& wake) {
    const napi_status status = napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr,
                                                               this, &EventPump::OnWake, &wake);
    // Nothing runs yet, so nothing keeps the event loop alive.
    return status == napi_ok && napi_unref_threadsafe_function(env, wake) == napi_ok;
  });
}

void EventPump::Close() {
  for (napi_threadsafe_function& wake : wakes_) {
    if (wake != nullptr) (void)napi_release_threadsafe_function(std::exchange(wake, nullptr), napi_tsfn_abort);
  }
}

void EventPump::Mute() {
  const std::lock_guard lock(wake_mutex_);
  wakes_.fill(nullptr);  // the environment frees them
}

void EventPump::Wake(std::size_t turn) {
  const std::lock_guard lock(wake_mutex_);
  if (wakes_[turn] != nullptr) (void)napi_call_threadsafe_function(wakes_[turn], nullptr, napi_tsfn_nonblocking);
}

std::optional<std::size_t> EventPump::NeedsWake() {
  if (wake_scheduled_ || waiting_.empty()) return std::nullopt;
  wake_scheduled_ = true;
  return turn_;
}

std::uint64_t EventPump::Push(const core::Event& event, engine::Urgency urgency) {
  std::optional<std::size_t> wake;
  std::uint64_t deliveries = 0;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(event);
    deliveries = deliveries_.load(std::memory_order_relaxed);
    if (urgency == engine::Urgency::kNow) wake = NeedsWake();
  }
  if (event.kind == core::Event::Kind::kSettled) settled_.notify_all();
  if (wake) Wake(*wake);
  return deliveries;
}

void EventPump::Flush() {
  std::optional<std::size_t> wake;
  {
    const std::lock_guard lock(mutex_);
    wake = NeedsWake();
  }
  if (wake) Wake(*wake);
}

void EventPump::SetKeepAlive(napi_env env, bool on) {
  napi_threadsafe_function keeper = wakes_.front();
  if (keeper == nullptr) return;
  (void)(on ? napi_ref_threadsafe_function(env, keeper) : napi_unref_threadsafe_function(env, keeper));
}

bool EventPump::WaitForSettled(core::LaunchId id, const std::function<bool()>& interrupted) {
  // A signal handler cannot wake a condition variable, so it is looked for in steps. Waking for a settled run is not delayed by
  // them.
  const auto has_settled = [this, id] {
    return std::ranges::any_of(waiting_, [id](const core::Event& event) {
      return event.id == id && event.kind == core::Event::Kind::kSettled;
    });
  };
  std::unique_lock lock(mutex_);
  while (!settled_.wait_for(lock, core::ToChrono(core::kLookForSignals), has_settled)) {
    if (interrupted()) return false;
  }
  return true;
}

std::vector<core::Event> EventPump::TakeEvents(core::LaunchId id) {
  const std::lock_guard lock(mutex_);
  const auto first_of_id = std::stable_partition(waiting_.begin(), waiting_.end(),
                                                 [id](const core::Event& event) { return event.id != id; });
  std::vector<core::Event> found(first_of_id, waiting_.end());
  waiting_.erase(first_of_id, waiting_.end());
  return found;
}

void EventPump::OnWake(napi_env env, napi_value /*callback*/, void* context, void* /*data*/) {
  if (env == nullptr) return;  // the environment is being torn down
  static_cast<EventPump*>(context)->Deliver();
}

void EventPump::Deliver() {
  {
    const std::lock_guard lock(mutex_);
    delivering_.clear();
    std::swap(delivering_, waiting_);
    wake_scheduled_ = false;
    turn_ = (turn_ + 1) % wakes_.size();
    deliveries_.fetch_add(1, std::memory_order_relaxed);
  }
  receiver_(delivering_);
}

}  // namespace custody::binding
