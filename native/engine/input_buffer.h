#pragma once
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>

namespace custody::engine {

/// Bytes on their way to a child's standard input.
///
/// Thread : JavaScript's thread offers, one engine thread takes.
class InputBuffer {
 public:
  /// kFinished: nothing is left and the end was asked for.
  enum class DrainResult : std::uint8_t { kLeft, kEmpty, kFinished };

  /// What the facade knew beforehand; not counted against the limit.
  /// `stays_open`: more may be offered; otherwise the end follows the known bytes.
  InputBuffer(std::string input, bool stays_open) : bytes_(std::move(input)), end_requested_(!stays_open) {}

  /// Returns how many bytes were accepted. After `Break` everything is accepted and dropped: nobody reads any more.
  std::size_t Offer(std::span<const std::byte> chunk);
  void RequestEnd();
  /// The child reads no more.
  void Break();

  /// Lets `write` take bytes until it takes no more: a function `size_t(span)`, 0 when the pipe is full or broken.
  /// The answer is one look: what is offered between two would be lost with the pipe.
  template <typename Write>
  DrainResult DrainInto(Write write);
  bool is_broken();
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
InputBuffer::DrainResult InputBuffer::DrainInto(Write write) {
  const std::lock_guard lock(mutex_);
  while (left() > 0) {
    const std::size_t count = write(std::as_bytes(std::span(bytes_.data() + taken_, left())));
    if (count == 0) return DrainResult::kLeft;
    taken_ += count;
  }
  bytes_.clear();
  taken_ = 0;
  return end_requested_ ? DrainResult::kFinished : DrainResult::kEmpty;
}

}  // namespace custody::engine
