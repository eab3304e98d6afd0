#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "core/byte_ring.h"
#include "core/result.h"
#include "core/segment_log.h"

namespace custody::engine {

/// Who listens to a stream, and may the child wait for it.
enum class Flow : std::uint8_t { kOff, kDrop, kBlock };

/// What a run has written: one ring per captured stream and the order in which the bytes came.
///
/// Thread : one engine thread fills it, JavaScript's thread reads it. One lock for all; it is held during a read from the
///          pipe, which never blocks, so that bytes go from the kernel to the ring in one copy.
class OutputBuffer {
 public:
  struct Read {
    core::ByteRing::Read bytes;
    bool end = false;
  };
  struct Segments {
    std::vector<core::Segment> items;
    std::uint64_t next = 0;
    std::uint64_t missed = 0;
  };
  enum class FillResult : std::uint8_t { kMore, kDrained, kEnded, kPaused };

  OutputBuffer(std::size_t ring_bytes, std::size_t head_bytes) : ring_bytes_(ring_bytes), head_bytes_(head_bytes) {}

  /// Lets `read` put bytes into the ring: one call of a function `Result<size_t>(span)`, 0 for end of stream.
  ///
  /// Returns: kPaused when a blocking listener has a full window; kMore when there may be more; kDrained when there is none now.
  template <typename ReadSome, typename WouldBlock>
  FillResult Fill(int stream, core::Instant now, ReadSome read, WouldBlock would_block);

  Read ReadAt(int stream, std::uint64_t cursor, std::span<std::byte> into);
  /// The blocking listener has taken everything before `cursor`.
  void Acknowledge(int stream, std::uint64_t cursor);
  Segments ReadSegments(std::uint64_t from);
  std::uint64_t end(int stream);
  std::uint64_t kept(int stream);
  /// True when a listener that comes now has something to hear: bytes, or the end.
  bool HasNews(int stream);
  /// No more bytes will come; whatever was not read is not part of the run's output.
  void MarkEnded(int stream);
  /// Frees the rings of a run that nobody can read any more.
  void Discard();

  void SetFlow(int stream, Flow flow);
  Flow flow(int stream);
  /// From now on nobody is waited for: a stop is in progress.
  void StopBlocking();
  /// True when a paused stream has room again. The answer is given once per pause.
  bool TakeResume(int stream);

 private:
  struct Stream {
    std::optional<core::ByteRing> ring;
    Flow flow = Flow::kOff;
    bool ended = false;
    bool paused = false;
    /// How far the blocking listener has come.
    std::uint64_t consumed = 0;
  };

  std::size_t Window(const Stream& stream) const;

  std::mutex mutex_;
  std::size_t ring_bytes_;
  std::size_t head_bytes_;
  bool blocking_allowed_ = true;
  std::array<Stream, 2> streams_;
  core::SegmentLog log_;
};

template <typename ReadSome, typename WouldBlock>
OutputBuffer::FillResult OutputBuffer::Fill(int stream, core::Instant now, ReadSome read, WouldBlock would_block) {
  const std::lock_guard lock(mutex_);
  Stream& target = streams_[static_cast<std::size_t>(stream)];
  if (!target.ring) target.ring.emplace(ring_bytes_, head_bytes_);
  const std::size_t window = Window(target);
  if (window == 0) {
    target.paused = true;
    return FillResult::kPaused;
  }
  const std::span<std::byte> place = target.ring->Writable(window);
  core::Result<std::size_t> count = read(place);
  if (!count.ok() && would_block(count.error())) return FillResult::kDrained;
  if (!count.ok() || count.value() == 0) {
    target.ended = true;
    return FillResult::kEnded;
  }
  log_.Append(static_cast<std::uint8_t>(stream), target.ring->end(), count.value(), now);
  target.ring->Commit(count.value());
  return FillResult::kMore;
}

}  // namespace custody::engine
