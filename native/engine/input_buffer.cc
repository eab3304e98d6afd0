#include "engine/input_buffer.h"

#include <algorithm>

#include "core/limits.h"

namespace custody::engine {

std::size_t InputBuffer::Offer(std::span<const std::byte> chunk) {
  const std::lock_guard lock(mutex_);
  if (broken_ || end_requested_) return chunk.size();
  const std::size_t room = core::kStdinBufferBytes - std::min(left(), core::kStdinBufferBytes);
  const std::size_t accepted = std::min(room, chunk.size());
  if (taken_ > left()) {  // not at every offer: the bytes known beforehand may be many
    bytes_.erase(0, taken_);
    taken_ = 0;
  }
  bytes_.append(reinterpret_cast<const char*>(chunk.data()), accepted);
  if (accepted < chunk.size()) cut_short_ = true;
  return accepted;
}

void InputBuffer::RequestEnd() {
  const std::lock_guard lock(mutex_);
  end_requested_ = true;
}

void InputBuffer::Break() {
  const std::lock_guard lock(mutex_);
  broken_ = true;
  bytes_.clear();
  bytes_.shrink_to_fit();
  taken_ = 0;
}

bool InputBuffer::is_broken() {
  const std::lock_guard lock(mutex_);
  return broken_;
}

bool InputBuffer::TakeRoomAgain() {
  const std::lock_guard lock(mutex_);
  if (!cut_short_ || (!broken_ && left() > core::kStdinBufferBytes / 2)) return false;
  cut_short_ = false;
  return true;
}

}  // namespace custody::engine
