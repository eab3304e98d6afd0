#pragma once
#include "core/event.h"

namespace custody::engine {

enum class Urgency : std::uint8_t { kNow, kWhenConvenient };

/// Takes facts from the engine threads.
///
/// Thread : any engine thread; the implementation locks, and never calls back into the engine.
class EventSink {
 public:
  virtual ~EventSink() = default;
  /// `kWhenConvenient`: the fact may wait for others, until `Flush`.
  virtual void Push(const core::Event& event, Urgency urgency) = 0;
  virtual void Flush() = 0;
};

}  // namespace custody::engine
