#pragma once
#include <cstddef>
#include <vector>

#include "core/clock.h"

namespace custody::engine {

class TimerQueue;

/// Something that wants to be called at an instant; in at most one place of one queue.
class TimerNode {
 public:
  virtual void OnTimer(core::Instant now) = 0;

 protected:
  ~TimerNode() = default;

 private:
  friend class TimerQueue;
  static constexpr std::size_t kNotQueued = static_cast<std::size_t>(-1);
  core::Instant at_ = core::kNever;
  std::size_t position_ = kNotQueued;
};

/// Binary heap of nodes that know their place, so a change costs a few swaps and nothing is left behind.
///
/// Thread : engine thread only.
/// Owns   : nothing; a node must be removed before it ends.
class TimerQueue {
 public:
  /// kNever removes the node.
  void Set(TimerNode& node, core::Instant at);
  core::Instant next() const { return heap_.empty() ? core::kNever : heap_.front()->at_; }
  /// Calls every node that is due, earliest first.
  void FireDue(core::Instant now);

 private:
  void Remove(TimerNode& node);
  void SiftUp(std::size_t position);
  void SiftDown(std::size_t position);
  void Place(TimerNode* node, std::size_t position);

  std::vector<TimerNode*> heap_;
};

}  // namespace custody::engine
