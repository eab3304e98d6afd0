// Bytes on their way to a child, and who is told when there is room again.
#include "engine/input_buffer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <span>
#include <string>

#include "bytes_of.h"
#include "core/limits.h"

namespace {

using custody::core::kStdinBufferBytes;
using custody::engine::InputBuffer;
using custody::testing::BytesOf;

/// A pipe that takes `room` bytes.
struct Pipe {
  std::string taken;
  std::size_t room = SIZE_MAX;
  InputBuffer::DrainResult result = InputBuffer::DrainResult::kLeft;
  /// Returns true when nothing is left.
  bool DrainFrom(InputBuffer& input) {
    result = input.DrainInto([this](std::span<const std::byte> from) {
      const std::size_t count = std::min(room, from.size());
      taken.append(reinterpret_cast<const char*>(from.data()), count);
      room -= count;
      return count;
    });
    return result != InputBuffer::DrainResult::kLeft;
  }
};

}  // namespace

TEST_CASE("what was known beforehand comes first and is not counted against the limit of the offers") {
  InputBuffer input(std::string(2 * kStdinBufferBytes, 'a'), true);
  CHECK(input.Offer(BytesOf("b")) == 0);
  Pipe pipe;
  CHECK(pipe.DrainFrom(input));
  CHECK(input.Offer(BytesOf("b")) == 1);
  CHECK(pipe.DrainFrom(input));
  CHECK(pipe.taken == std::string(2 * kStdinBufferBytes, 'a') + "b");
}

TEST_CASE("an offer is cut where the buffer ends, and room is told once, at half") {
  InputBuffer input("", true);
  CHECK(input.Offer(BytesOf(std::string(kStdinBufferBytes + 1, 'x'))) == kStdinBufferBytes);
  Pipe pipe;
  pipe.room = kStdinBufferBytes / 2 - 1;
  CHECK_FALSE(pipe.DrainFrom(input));
  CHECK_FALSE(input.TakeRoomAgain());
  pipe.room = 1;
  CHECK_FALSE(pipe.DrainFrom(input));
  CHECK(input.TakeRoomAgain());
  CHECK_FALSE(input.TakeRoomAgain());
}

TEST_CASE("nobody is told of room who did not miss any") {
  InputBuffer input("", true);
  CHECK(input.Offer(BytesOf("x")) == 1);
  Pipe pipe;
  CHECK(pipe.DrainFrom(input));
  CHECK_FALSE(input.TakeRoomAgain());
}

TEST_CASE("an offer that fits does not cancel the word owed to one that was cut") {
  InputBuffer input("", true);
  CHECK(input.Offer(BytesOf(std::string(kStdinBufferBytes + 1, 'x'))) == kStdinBufferBytes);
  CHECK(input.Offer({}) == 0);
  Pipe pipe;
  CHECK(pipe.DrainFrom(input));
  CHECK(input.TakeRoomAgain());
}

TEST_CASE("a broken input takes everything, keeps nothing and frees whoever waits") {
  InputBuffer input("", true);
  const std::string chunk(kStdinBufferBytes + 1, 'x');
  CHECK(input.Offer(BytesOf(chunk)) == kStdinBufferBytes);
  input.Break();
  CHECK(input.is_broken());
  CHECK(input.TakeRoomAgain());
  CHECK(input.Offer(BytesOf(chunk)) == chunk.size());
  Pipe pipe;
  CHECK(pipe.DrainFrom(input));
  CHECK(pipe.taken.empty());
}

TEST_CASE("nothing is accepted after the end, and nothing waits for it") {
  InputBuffer input("a", true);
  input.RequestEnd();
  CHECK(input.Offer(BytesOf("late")) == 4);
  Pipe pipe;
  CHECK(pipe.DrainFrom(input));
  CHECK(pipe.result == InputBuffer::DrainResult::kFinished);
  CHECK(pipe.taken == "a");
}

TEST_CASE("every accepted byte arrives once and in order") {
  std::mt19937 random(7);
  InputBuffer input("start:", true);
  Pipe pipe;
  std::string expected = "start:";
  for (int step = 0; step < 5'000; ++step) {
    std::string chunk(random() % 3'000, '\0');
    for (char& byte : chunk) byte = static_cast<char>(random());
    expected.append(chunk, 0, input.Offer(BytesOf(chunk)));
    pipe.room = random() % 3'000;
    (void)pipe.DrainFrom(input);
  }
  pipe.room = SIZE_MAX;
  CHECK(pipe.DrainFrom(input));
  CHECK(pipe.taken == expected);
}
