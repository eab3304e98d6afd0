#pragma once
#include <cstdint>

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
  ///
  /// Returns: how many deliveries there had been when the fact was added; a different number later means that it is out.
  virtual std::uint64_t Push(const core::Event& event, Urgency urgency) = 0;
  /// How many times everything that waited was handed over so far.
  virtual std::uint64_t deliveries() const = 0;
  virtual void Flush() = 0;
};

}  // namespace custody::engine
