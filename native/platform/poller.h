#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include "core/clock.h"
#include "core/result.h"
#include "platform/handle.h"

namespace custody::platform {

/// What a poll event belongs to: a launch and one of its channels. Launch ids are never reused, so a late event of a
/// released launch finds nobody rather than a stranger.
struct PollToken {
  std::uint64_t launch = 0;
  std::uint8_t channel = 0;
};

enum class Interest : std::uint8_t { kReadable, kWritable };

/// Waits for handles, a deadline or a wake-up from another thread.
///
/// Thread : one thread owns it; only Wake() may be called from others.
class Poller {
 public:
  virtual ~Poller() = default;
  static core::Result<std::unique_ptr<Poller>> Create();

  /// Level-triggered: an event repeats until the handle is drained or removed.
  virtual core::Status Add(NativeHandle handle, Interest interest, PollToken token) = 0;
  /// Must precede the close of the handle: a fork elsewhere in the process may keep a copy of the open file alive.
  virtual void Remove(NativeHandle handle) = 0;
  /// Fills `ready` and returns how many; 0 when `until` passed or the poller was woken. `until` 0 does not block.
  virtual std::size_t Wait(core::Instant until, std::span<PollToken> ready) = 0;
  virtual void Wake() = 0;
};

}  // namespace custody::platform
