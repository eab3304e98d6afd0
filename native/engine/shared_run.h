#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>

#include "core/event.h"
#include "engine/input_buffer.h"
#include "engine/output_buffer.h"

namespace custody::engine {

/// What both threads of a run may look at: its bytes, where it stands, and what it came to.
///
/// Thread : every member says for itself. Held by both sides; the last one frees it.
struct SharedRun {
  SharedRun(std::size_t ring_bytes, std::size_t head_bytes, std::string known_input, bool stdin_stays_open)
      : output(ring_bytes, head_bytes), input(std::move(known_input), stdin_stays_open) {}

  OutputBuffer output;
  InputBuffer input;
  std::atomic<core::RunPhase> phase{core::RunPhase::kQueued};
  std::atomic<std::int64_t> pid{0};
  std::atomic<core::Instant> started_at{0};
  /// An output event is under way; another one would say nothing new.
  std::atomic<bool> output_told{false};

  /// Written by the engine thread before the kSettled event, its cleanup again before kCleanedUp.
  std::mutex facts_mutex;
  core::SettledFacts facts;
};

}  // namespace custody::engine
