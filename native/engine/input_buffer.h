#pragma once
#include <cstddef>
#include <mutex>
#include <span>
#include <string>

namespace custody::engine {

/// Bytes on their way to a child's standard input.
///
/// Thread : JavaScript's thread offers, one engine thread takes.
class InputBuffer {
 public:
  /// What the facade knew beforehand; not counted against the limit.
  explicit InputBuffer(std::string input) : bytes_(std::move(input)) {}

  /// Returns how many bytes were accepted. After `Break` everything is accepted and dropped: nobody reads any more.
  std::size_t Offer(std::span<const std::byte> chunk);
  void RequestEnd();
  /// The child reads no more.
  void Break();

  /// Lets `write` take bytes until it takes no more: a function `size_t(span)`, 0 when the pipe is full or broken.
  /// Returns true when nothing is left.
  template <typename Write>
  bool DrainInto(Write write);
  bool is_broken();
  bool end_requested();
  /// True once when an offer had been cut short and there is room again.
  bool TakeRoomAgain();

 private:
  std::size_t left() const { return bytes_.size() - taken_; }

  std::mutex mutex_;
  std::string bytes_;
  std::size_t taken_ = 0;
  bool end_requested_ = false;
  bool broken_ = false;
  bool cut_short_ = false;
};

template <typename Write>
bool InputBuffer::DrainInto(Write write) {
  const std::lock_guard lock(mutex_);
  while (left() > 0) {
    const std::size_t count = write(std::as_bytes(std::span(bytes_.data() + taken_, left())));
    if (count == 0) return false;
    taken_ += count;
  }
  bytes_.clear();
  taken_ = 0;
  return true;
}

}  // namespace custody::engine
