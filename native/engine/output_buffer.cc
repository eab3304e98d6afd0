#include "engine/output_buffer.h"

#include <algorithm>
#include <limits>

#include "core/check.h"

namespace custody::engine {

std::size_t OutputBuffer::Window(const Stream& stream) const {
  if (stream.flow != Flow::kBlock || !blocking_allowed_) return std::numeric_limits<std::size_t>::max();
  // What the listener has not read yet must still be there when it comes: it fits the tail.
  const std::uint64_t unread = stream.ring->end() - stream.consumed;
  const std::uint64_t room = stream.ring->tail_capacity();
  return unread >= room ? 0 : static_cast<std::size_t>(room - unread);
}

OutputBuffer::Read OutputBuffer::ReadAt(int index, std::uint64_t cursor, std::span<std::byte> into) {
  const std::lock_guard lock(mutex_);
  Stream& stream = streams_[static_cast<std::size_t>(index)];
  Read read;
  if (stream.ring) {
    read.bytes = stream.ring->ReadAt(cursor, into);
    read.end = stream.ended && read.bytes.next == stream.ring->end();
  } else {
    read.end = stream.ended;
  }
  return read;
}

void OutputBuffer::Acknowledge(int index, std::uint64_t cursor) {
  const std::lock_guard lock(mutex_);
  Stream& stream = streams_[static_cast<std::size_t>(index)];
  if (!stream.ring) return;
  stream.consumed = std::max(stream.consumed, std::min(cursor, stream.ring->end()));
}

OutputBuffer::Segments OutputBuffer::ReadSegments(std::uint64_t from) {
  const std::lock_guard lock(mutex_);
  Segments out;
  const std::uint64_t first = std::max(from, log_.begin());
  out.missed = first - from;
  out.next = log_.end();
  if (first < out.next) out.items.reserve(static_cast<std::size_t>(out.next - first));
  for (std::uint64_t position = first; position < out.next; ++position) out.items.push_back(log_.at(position));
  log_.Seal();
  return out;
}

std::uint64_t OutputBuffer::end(int index) {
  const std::lock_guard lock(mutex_);
  const Stream& stream = streams_[static_cast<std::size_t>(index)];
  return stream.ring ? stream.ring->end() : 0;
}

std::uint64_t OutputBuffer::kept(int index) {
  const std::lock_guard lock(mutex_);
  const Stream& stream = streams_[static_cast<std::size_t>(index)];
  return stream.ring ? stream.ring->kept() : 0;
}

void OutputBuffer::MarkEnded(int index) {
  const std::lock_guard lock(mutex_);
  streams_[static_cast<std::size_t>(index)].ended = true;
}

bool OutputBuffer::HasNews(int index) {
  const std::lock_guard lock(mutex_);
  const Stream& stream = streams_[static_cast<std::size_t>(index)];
  return stream.ended || (stream.ring && stream.ring->end() > 0);
}

void OutputBuffer::Discard() {
  const std::lock_guard lock(mutex_);
  for (Stream& stream : streams_) {
    CUSTODY_CHECK(!stream.ring || stream.ring->kept() <= ring_bytes_);  // I6
    stream.ring.reset();
  }
  log_ = {};
}

void OutputBuffer::SetFlow(int index, Flow flow) {
  const std::lock_guard lock(mutex_);
  streams_[static_cast<std::size_t>(index)].flow = flow;
}

Flow OutputBuffer::flow(int index) {
  const std::lock_guard lock(mutex_);
  return streams_[static_cast<std::size_t>(index)].flow;
}

void OutputBuffer::StopBlocking() {
  const std::lock_guard lock(mutex_);
  blocking_allowed_ = false;
}

bool OutputBuffer::TakeResume(int index) {
  const std::lock_guard lock(mutex_);
  Stream& stream = streams_[static_cast<std::size_t>(index)];
  if (!stream.paused || Window(stream) == 0) return false;
  stream.paused = false;
  return true;
}

}  // namespace custody::engine
