#include "core/segment_log.h"

#include <limits>

#include "core/check.h"
#include "core/limits.h"

namespace custody::core {

void SegmentLog::Append(std::uint8_t stream, std::uint64_t offset, std::size_t length, Instant now) {
  if (!entries_.empty() && end() > sealed_) {
    Segment& last = entries_[(oldest_ + entries_.size() - 1) % entries_.size()];
    const bool fits = length <= std::numeric_limits<std::uint32_t>::max() - last.length;
    if (last.stream == stream && now - last.at < kSegmentSpan && fits) {
      last.length += static_cast<std::uint32_t>(length);
      return;
    }
  }
  const Segment segment{offset, static_cast<std::uint32_t>(length), stream, now};
  if (entries_.size() < kSegmentLogEntries) {
    entries_.push_back(segment);
    return;
  }
  entries_[oldest_] = segment;
  oldest_ = (oldest_ + 1) % entries_.size();
  ++first_;
}

const Segment& SegmentLog::at(std::uint64_t position) const {
  CUSTODY_CHECK(position >= first_ && position < end());
  return entries_[(oldest_ + static_cast<std::size_t>(position - first_)) % entries_.size()];
}

}  // namespace custody::core
