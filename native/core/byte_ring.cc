#include "core/byte_ring.h"

#include <algorithm>
#include <cstring>

#include "core/check.h"
#include "core/limits.h"

namespace custody::core {

ByteRing::ByteRing(std::size_t capacity, std::size_t head_capacity)
    : head_capacity_(head_capacity), tail_capacity_(capacity - head_capacity) {
  CUSTODY_CHECK(head_capacity < capacity);
}

ByteRing::Block ByteRing::MakeBlock(std::size_t bytes) {
  return Block(static_cast<std::byte*>(::operator new[](bytes, kBlockAlignment)));
}

std::uint64_t ByteRing::tail_begin() const {
  return std::max<std::uint64_t>(head_capacity_, end_ < tail_capacity_ ? 0 : end_ - tail_capacity_);
}

std::uint64_t ByteRing::kept() const {
  if (end_ <= head_capacity_) return end_;
  return head_capacity_ + (end_ - tail_begin());
}

std::span<std::byte> ByteRing::Writable(std::size_t most) {
  CUSTODY_CHECK(most > 0);
  if (end_ < head_capacity_) {
    const std::size_t used = static_cast<std::size_t>(end_);
    if (used == head_allocated_) GrowHead();
    return {head_.get() + used, std::min(most, head_allocated_ - used)};
  }
  if (!tail_) tail_ = MakeBlock(tail_capacity_);
  const std::size_t index = static_cast<std::size_t>((end_ - head_capacity_) % tail_capacity_);
  return {tail_.get() + index, std::min(most, tail_capacity_ - index)};
}

void ByteRing::GrowHead() {
  const std::size_t larger = std::min(std::max(kFirstHeadBytes, head_allocated_ * kHeadGrowth), head_capacity_);
  Block grown = MakeBlock(larger);
  if (head_allocated_ > 0) std::memcpy(grown.get(), head_.get(), head_allocated_);
  head_ = std::move(grown);
  head_allocated_ = larger;
}

void ByteRing::Commit(std::size_t count) { end_ += count; }

ByteRing::Read ByteRing::ReadAt(std::uint64_t cursor, std::span<std::byte> into) const {
  Read read;
  if (cursor >= end_) {
    read.next = end_;
    return read;
  }
  if (cursor < head_capacity_) {
    const std::uint64_t head_end = std::min<std::uint64_t>(head_capacity_, end_);
    read.count = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), head_end - cursor));
    if (read.count > 0) std::memcpy(into.data(), head_.get() + cursor, read.count);
    read.next = cursor + read.count;
    // With nothing dropped the tail follows the head without a seam, so the read goes on into it.
    if (read.next < head_capacity_ || read.count == into.size() || tail_begin() > head_capacity_) return read;
    cursor = read.next;
  }
  const std::uint64_t from = std::max(cursor, tail_begin());
  read.dropped = from - cursor;
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size() - read.count, end_ - from));
  const std::size_t index = static_cast<std::size_t>((from - head_capacity_) % tail_capacity_);
  const std::size_t first = std::min(wanted, tail_capacity_ - index);
  if (first > 0) std::memcpy(into.data() + read.count, tail_.get() + index, first);
  if (wanted > first) std::memcpy(into.data() + read.count + first, tail_.get(), wanted - first);
  read.count += wanted;
  read.next = from + wanted;
  return read;
}

}  // namespace custody::core
