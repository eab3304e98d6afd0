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

OutputBuffer::Read OutputBuffer::ReadAt(int stream, std::uint64_t cursor, std::span<std::byte> into) {
  const std::lock_guard lock(mutex_);
  Stream& target = streams_[static_cast<std::size_t>(stream)];
  Read read;
  if (target.ring) {
    read.bytes = target.ring->ReadAt(cursor, into);
    read.end = target.ended && read.bytes.next == target.ring->end();
  } else {
    read.end = target.ended;
  }
  return read;
}

void OutputBuffer::Acknowledge(int stream, std::uint64_t cursor) {
  const std::lock_guard lock(mutex_);
  Stream& target = streams_[static_cast<std::size_t>(stream)];
  if (!target.ring) return;
  target.consumed = std::max(target.consumed, std::min(cursor, target.ring->end()));
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

std::uint64_t OutputBuffer::end(int stream) {
  const std::lock_guard lock(mutex_);
  const Stream& target = streams_[static_cast<std::size_t>(stream)];
  return target.ring ? target.ring->end() : 0;
}

std::uint64_t OutputBuffer::kept(int stream) {
  const std::lock_guard lock(mutex_);
  const Stream& target = streams_[static_cast<std::size_t>(stream)];
  return target.ring ? target.ring->kept() : 0;
}

void OutputBuffer::MarkEnded(int stream) {
  const std::lock_guard lock(mutex_);
  streams_[static_cast<std::size_t>(stream)].ended = true;
}

bool OutputBuffer::HasNews(int stream) {
  const std::lock_guard lock(mutex_);
  const Stream& target = streams_[static_cast<std::size_t>(stream)];
  return target.ended || (target.ring && target.ring->end() > 0);
}

void OutputBuffer::Discard() {
  const std::lock_guard lock(mutex_);
  for (Stream& stream : streams_) {
    CUSTODY_CHECK(!stream.ring || stream.ring->kept() <= ring_bytes_);  // I6
    stream.ring.reset();
  }
  log_ = {};
}

void OutputBuffer::SetFlow(int stream, Flow flow) {
  const std::lock_guard lock(mutex_);
  streams_[static_cast<std::size_t>(stream)].flow = flow;
}

Flow OutputBuffer::flow(int stream) {
  const std::lock_guard lock(mutex_);
  return streams_[static_cast<std::size_t>(stream)].flow;
}

void OutputBuffer::StopBlocking() {
  const std::lock_guard lock(mutex_);
  blocking_allowed_ = false;
}

bool OutputBuffer::TakeResume(int stream) {
  const std::lock_guard lock(mutex_);
  Stream& target = streams_[static_cast<std::size_t>(stream)];
  if (!target.paused || Window(target) == 0) return false;
  target.paused = false;
  return true;
}

}  // namespace custody::engine
