#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>

namespace custody::core {

/// Keeps the first and the last bytes of a stream, in a block each, and counts the rest exactly.
///
/// Positions are absolute: byte 0 is the first that was ever written. The head grows with its content, because most commands
/// print little and large blocks are dear to give back; the tail is allocated once, with the first byte that does not fit
/// the head. Both are left uninitialised, so the system commits their pages as they are filled, and both begin at a cache line:
/// the kernel's copy to a place a few bytes behind a page's beginning, where a large block would lie, takes twice as long.
///
/// Thread : not synchronised; see engine/output_buffer.h.
class ByteRing {
 public:
  struct Read {
    std::size_t count = 0;      ///< bytes copied
    std::uint64_t next = 0;     ///< cursor for the next read
    std::uint64_t dropped = 0;  ///< bytes between the given cursor and the first byte copied that are not kept
  };

  /// `capacity` in bytes, of which `head_capacity` for the first: fewer, so that there is a tail; possibly none.
  ByteRing(std::size_t capacity, std::size_t head_capacity);

  /// A place for the next bytes, never empty and at most `most` long. Bytes written there count once committed; whatever
  /// they overwrite is the oldest of the tail and is lost only then.
  std::span<std::byte> Writable(std::size_t most);
  /// Makes the first `count` bytes of the last `Writable` part of the stream.
  void Commit(std::size_t count);

  /// Copies what is kept from `cursor` on. One read never crosses bytes that were dropped, so the caller learns of them.
  Read ReadAt(std::uint64_t cursor, std::span<std::byte> into) const;

  /// Position after the last byte: how many were ever written.
  std::uint64_t end() const { return end_; }
  std::uint64_t kept() const;
  std::size_t tail_capacity() const { return tail_capacity_; }

 private:
  static constexpr std::align_val_t kBlockAlignment{64};
  struct FreeBlock {
    void operator()(std::byte* block) const { ::operator delete[](block, kBlockAlignment); }
  };
  using Block = std::unique_ptr<std::byte[], FreeBlock>;

  static Block MakeBlock(std::size_t bytes);
  std::uint64_t tail_begin() const;
  void GrowHead();

  std::size_t head_capacity_;
  /// Bytes allocated for the head so far.
  std::size_t head_allocated_ = 0;
  std::size_t tail_capacity_;
  Block head_;
  Block tail_;
  std::uint64_t end_ = 0;
};

}  // namespace custody::core
