#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/clock.h"

namespace custody::core {

/// One stretch of one output stream, in the order in which it was read.
struct Segment {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  std::uint8_t stream = 0;  ///< 0 stdout, 1 stderr
  Instant at = 0;           ///< when its first byte was read
};

/// Bounded log of the arrival order of output. Grows to its limit, then overwrites the oldest entries.
///
/// Thread : not synchronised; see engine/output_buffer.h.
class SegmentLog {
 public:
  void Append(std::uint8_t stream, std::uint64_t offset, std::size_t length, Instant now);

  /// Position after the last entry; entries count from 0 and are never renumbered.
  std::uint64_t end() const { return first_ + entries_.size(); }
  /// Oldest entry that is still kept.
  std::uint64_t begin() const { return first_; }
  const Segment& at(std::uint64_t position) const;
  /// Keeps the newest entry from growing: a reader has seen it.
  void Seal() { sealed_ = end(); }

 private:
  std::vector<Segment> entries_;
  std::size_t oldest_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t sealed_ = 0;
};

}  // namespace custody::core
