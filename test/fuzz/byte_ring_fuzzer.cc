// libFuzzer: the ring against a model that keeps every byte, under any order of writes and reads.
#include "core/byte_ring.h"

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using custody::core::ByteRing;

void Require(bool condition) {
  if (!condition) std::abort();
}

/// What the ring must give for a cursor, by the plain words of its header.
/// The capacities a ring was made with.
struct Shape {
  std::size_t capacity;
  std::size_t head;
};

void CheckRead(const ByteRing& ring, const std::string& model, const Shape& shape, std::uint64_t cursor,
               std::size_t size) {
  std::vector<std::byte> buffer(size);
  const ByteRing::Read read = ring.ReadAt(cursor, buffer);
  const std::uint64_t end = model.size();
  if (cursor >= end) {
    Require(read.count == 0 && read.dropped == 0 && read.next == end);
    return;
  }
  const std::uint64_t head_end = std::min<std::uint64_t>(shape.head, end);
  const std::uint64_t tail_capacity = shape.capacity - shape.head;
  const std::uint64_t tail_begin = std::max(head_end, end > tail_capacity ? end - tail_capacity : 0);
  const std::uint64_t first = cursor < head_end ? cursor : std::max(cursor, tail_begin);
  Require(read.dropped == first - cursor);
  Require(read.next == first + read.count);
  Require(read.count <= size && read.next <= end);
  Require(size == 0 || read.count > 0);
  Require(std::equal(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(read.count),
                     reinterpret_cast<const std::byte*>(model.data()) + first));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  const auto capacity = input.ConsumeIntegralInRange<std::size_t>(4, 200);
  const auto head = input.ConsumeIntegralInRange<std::size_t>(0, capacity - 1);
  ByteRing ring(capacity, head);
  std::string model;
  while (input.remaining_bytes() > 0) {
    if (input.ConsumeBool()) {
      const std::string bytes = input.ConsumeRandomLengthString(300);
      for (std::size_t done = 0; done < bytes.size();) {
        const std::span<std::byte> place = ring.Writable(bytes.size() - done);
        Require(!place.empty() && place.size() <= bytes.size() - done);
        std::copy_n(reinterpret_cast<const std::byte*>(bytes.data()) + done, place.size(), place.begin());
        ring.Commit(place.size());
        done += place.size();
      }
      model += bytes;
    } else {
      const auto cursor = input.ConsumeIntegralInRange<std::uint64_t>(0, model.size() + 2);
      CheckRead(ring, model, {capacity, head}, cursor, input.ConsumeIntegralInRange<std::size_t>(0, 250));
    }
    Require(ring.end() == model.size() && ring.kept() == std::min<std::size_t>(model.size(), capacity));
  }
  return 0;
}
