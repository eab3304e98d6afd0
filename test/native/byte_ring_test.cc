// Holds the ring to a model that keeps everything: what is kept, what is dropped, and what one read gives.
#include "core/byte_ring.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using custody::core::ByteRing;

char ByteAt(std::uint64_t position) { return static_cast<char>((position * 31 + position / 251) % 256); }

/// Writes `count` bytes in pieces of at most `piece`, as a reader of a pipe does.
void Write(ByteRing& ring, std::size_t count, std::size_t piece) {
  while (count > 0) {
    const std::span<std::byte> place = ring.Writable(std::min(piece, count));
    REQUIRE_FALSE(place.empty());
    for (std::size_t i = 0; i < place.size(); ++i) place[i] = static_cast<std::byte>(ByteAt(ring.end() + i));
    count -= place.size();
    ring.Commit(place.size());
  }
}

struct Everything {
  std::string bytes;
  std::uint64_t dropped = 0;
};

/// Reads from `cursor` to the end in pieces, and checks each byte by its position.
Everything ReadFrom(const ByteRing& ring, std::uint64_t cursor, std::size_t piece) {
  Everything out;
  std::vector<std::byte> buffer(piece);
  while (cursor < ring.end()) {
    const ByteRing::Read read = ring.ReadAt(cursor, buffer);
    REQUIRE(read.next == cursor + read.dropped + read.count);
    REQUIRE(read.next > cursor);
    for (std::size_t i = 0; i < read.count; ++i) {
      REQUIRE(static_cast<char>(buffer[i]) == ByteAt(read.next - read.count + i));
      out.bytes.push_back(static_cast<char>(buffer[i]));
    }
    out.dropped += read.dropped;
    cursor = read.next;
  }
  return out;
}

void CheckKept(std::size_t capacity, std::size_t head, std::size_t total, std::size_t piece) {
  ByteRing ring(capacity, head);
  Write(ring, total, piece);
  const Everything read = ReadFrom(ring, 0, 7);
  CHECK(ring.end() == total);
  CHECK(ring.kept() == std::min(total, capacity));
  CHECK(read.bytes.size() == ring.kept());
  CHECK(read.dropped == total - ring.kept());
}

}  // namespace

TEST_CASE("a ring keeps a head and a tail and counts the rest exactly") {
  for (const std::size_t capacity : {1U, 4U, 5U, 16U, 64U}) {
    for (const std::size_t head : std::array<std::size_t, 3>{0, capacity / 4, capacity - 1}) {
      for (std::size_t total = 0; total < 4 * capacity; ++total) {
        for (const std::size_t piece : {1U, 3U, 1000U}) CheckKept(capacity, head, total, piece);
      }
    }
  }
}

TEST_CASE("a read from any cursor gives what is kept from there on") {
  constexpr std::size_t kCapacity = 16;
  constexpr std::size_t kTotal = 50;
  ByteRing ring(kCapacity, kCapacity / 4);
  Write(ring, kTotal, 5);
  const std::uint64_t head_end = kCapacity / 4;
  const std::uint64_t tail_begin = kTotal - (kCapacity - kCapacity / 4);
  for (std::uint64_t cursor = 0; cursor <= kTotal; ++cursor) {
    const Everything read = ReadFrom(ring, cursor, 3);
    const std::uint64_t in_head = cursor < head_end ? head_end - cursor : 0;
    const std::uint64_t in_tail = kTotal - std::max(cursor, tail_begin);
    CHECK(read.bytes.size() == in_head + in_tail);
    CHECK(read.dropped == kTotal - cursor - read.bytes.size());
  }
}

TEST_CASE("a read never crosses the seam where bytes are missing") {
  ByteRing ring(16, 4);
  Write(ring, 100, 16);
  std::vector<std::byte> buffer(64);
  CHECK(ring.ReadAt(0, buffer).count == 4);
  CHECK(ring.ReadAt(4, buffer).count == 12);
  CHECK(ring.ReadAt(4, buffer).dropped == 84);
}

TEST_CASE("a read at or after the end gives nothing and points to the end") {
  ByteRing ring(16, 4);
  std::vector<std::byte> buffer(8);
  CHECK(ring.ReadAt(0, buffer).next == 0);
  Write(ring, 10, 10);
  const ByteRing::Read read = ring.ReadAt(99, buffer);
  CHECK(read.count == 0);
  CHECK(read.dropped == 0);
  CHECK(read.next == 10);
}

TEST_CASE("both blocks begin at a cache line") {
  constexpr std::size_t kCacheLine = 64;
  ByteRing ring(std::size_t{1} << 20, std::size_t{1} << 18);
  const auto is_aligned = [&ring] {
    return reinterpret_cast<std::uintptr_t>(ring.Writable(1).data()) % kCacheLine == 0;
  };
  CHECK(is_aligned());
  Write(ring, std::size_t{1} << 18, 4096);
  CHECK(is_aligned());
}
