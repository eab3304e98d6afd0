// The rings of a run: filling, flow control, and what a listener that comes late still finds.
#include "engine/output_buffer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <span>
#include <string>

namespace {

using custody::core::OsError;
using custody::core::Result;
using custody::engine::Flow;
using custody::engine::OutputBuffer;
using FillResult = OutputBuffer::FillResult;

constexpr std::size_t kRing = 64;
constexpr std::size_t kTail = kRing - kRing / 4;

bool WouldBlock(const OsError& error) { return error.code == EAGAIN; }

/// One fill with what `source` has; an empty source has nothing now.
FillResult FillFrom(OutputBuffer& output, int stream, std::string& source) {
  return output.Fill(
      stream, 0,
      [&](std::span<std::byte> into) -> Result<std::size_t> {
        if (source.empty()) return OsError{EAGAIN, "read"};
        const std::size_t count = std::min(into.size(), source.size());
        std::copy_n(reinterpret_cast<const std::byte*>(source.data()), count, into.begin());
        source.erase(0, count);
        return count;
      },
      WouldBlock);
}

FillResult FillAll(OutputBuffer& output, int stream, std::string source) {
  FillResult result = FillResult::kMore;
  while (result == FillResult::kMore) result = FillFrom(output, stream, source);
  return result;
}

FillResult FillWith(OutputBuffer& output, const Result<std::size_t>& answer) {
  return output.Fill(
      0, 0, [&](std::span<std::byte>) { return answer; }, WouldBlock);
}

std::string ReadFrom(OutputBuffer& output, int stream, std::uint64_t cursor, std::size_t size = 1'000) {
  std::string bytes(size, '\0');
  bytes.resize(output.ReadAt(stream, cursor, std::as_writable_bytes(std::span(bytes))).bytes.count);
  return bytes;
}

}  // namespace

TEST_CASE("streams are kept apart and their ends are told with the last byte") {
  OutputBuffer output(kRing, kRing / 4);
  CHECK(FillAll(output, 0, "out") == FillResult::kDrained);
  CHECK(FillAll(output, 1, "error") == FillResult::kDrained);
  CHECK(output.end(0) == 3);
  CHECK(output.kept(1) == 5);
  CHECK(ReadFrom(output, 0, 0) == "out");
  CHECK(ReadFrom(output, 1, 2) == "ror");
  CHECK_FALSE(output.ReadAt(0, 3, {}).end);
  CHECK(FillWith(output, std::size_t{0}) == FillResult::kEnded);
  CHECK(output.ReadAt(0, 3, {}).end);
  CHECK_FALSE(output.ReadAt(0, 2, {}).end);
  CHECK_FALSE(output.ReadAt(1, 5, {}).end);
}

TEST_CASE("any error but an empty pipe ends the stream") {
  OutputBuffer output(kRing, kRing / 4);
  CHECK(FillWith(output, OsError{EIO, "read"}) == FillResult::kEnded);
  CHECK(output.ReadAt(0, 0, {}).end);
}

TEST_CASE("a stream of which nothing was read is empty, and at its end once that is marked") {
  OutputBuffer output(kRing, kRing / 4);
  CHECK(output.ReadAt(0, 0, {}).bytes.next == 0);
  CHECK_FALSE(output.ReadAt(0, 0, {}).end);
  CHECK_FALSE(output.HasNews(0));
  output.MarkEnded(0);
  CHECK(output.ReadAt(0, 0, {}).end);
  CHECK(output.HasNews(0));
}

TEST_CASE("a blocking listener is waited for, and loses nothing") {
  OutputBuffer output(kRing, kRing / 4);
  output.SetFlow(0, Flow::kBlock);
  std::string source(1'000, '\0');
  std::mt19937 random(3);
  for (char& byte : source) byte = static_cast<char>(random());
  const std::string expected = source;
  std::string got;
  while (got.size() < expected.size()) {
    FillResult result = FillResult::kMore;
    while (result == FillResult::kMore) result = FillFrom(output, 0, source);
    CHECK(output.end(0) - got.size() <= kTail);
    REQUIRE(output.ReadAt(0, got.size(), {}).bytes.dropped == 0);
    got += ReadFrom(output, 0, got.size(), 1 + random() % 30);
    output.Acknowledge(0, got.size());
    CHECK(output.TakeResume(0) == (result == FillResult::kPaused));
    CHECK_FALSE(output.TakeResume(0));
  }
  CHECK(got == expected);
}

TEST_CASE("a look at the end does not move a blocking listener that is still at the beginning") {
  OutputBuffer output(kRing, kRing / 4);
  output.SetFlow(0, Flow::kBlock);
  CHECK(FillAll(output, 0, std::string(1'000, 'x')) == FillResult::kPaused);
  const std::uint64_t paused_at = output.end(0);
  // handle.tail() while handle.lines() has not come that far.
  (void)ReadFrom(output, 0, paused_at - 4, 4);
  CHECK_FALSE(output.TakeResume(0));
  CHECK(FillAll(output, 0, std::string(1'000, 'y')) == FillResult::kPaused);
  CHECK(output.end(0) == paused_at);
  CHECK(output.ReadAt(0, kRing / 4, {}).bytes.dropped == 0);
}

TEST_CASE("an acknowledgement beyond the end counts as one of the end, and one of the past as none") {
  OutputBuffer output(kRing, kRing / 4);
  output.SetFlow(0, Flow::kBlock);
  output.Acknowledge(0, 1'000'000);
  CHECK(FillAll(output, 0, std::string(1'000, 'x')) == FillResult::kPaused);
  CHECK(output.end(0) == kTail);
  output.Acknowledge(0, 1'000'000);
  output.Acknowledge(0, 1);
  CHECK(output.TakeResume(0));
  CHECK(FillAll(output, 0, std::string(1'000, 'x')) == FillResult::kPaused);
  CHECK(output.end(0) == 2 * kTail);
}

TEST_CASE("nobody is waited for who only drops, or once a stop has begun") {
  OutputBuffer output(kRing, kRing / 4);
  SUBCASE("drop") { output.SetFlow(0, Flow::kDrop); }
  SUBCASE("off again") {
    output.SetFlow(0, Flow::kBlock);
    CHECK(FillAll(output, 0, std::string(1'000, 'x')) == FillResult::kPaused);
    output.SetFlow(0, Flow::kOff);
    CHECK(output.TakeResume(0));
  }
  SUBCASE("a stop") {
    output.SetFlow(0, Flow::kBlock);
    output.StopBlocking();
  }
  CHECK(FillAll(output, 0, std::string(1'000, 'y')) == FillResult::kDrained);
  CHECK(output.kept(0) == kRing);
}

TEST_CASE("the order of arrival is logged, and a reader's look seals what it saw") {
  OutputBuffer output(kRing, kRing / 4);
  (void)FillAll(output, 0, "aa");
  (void)FillAll(output, 1, "bbb");
  const OutputBuffer::Segments first = output.ReadSegments(0);
  REQUIRE(first.items.size() == 2);
  CHECK(first.items[1].stream == 1);
  CHECK(first.items[1].length == 3);
  (void)FillAll(output, 1, "b");
  const OutputBuffer::Segments second = output.ReadSegments(first.next);
  REQUIRE(second.items.size() == 1);
  CHECK(second.items[0].offset == 3);
  CHECK(second.missed == 0);
  CHECK(output.ReadSegments(second.next).items.empty());
}

TEST_CASE("a discarded output keeps nothing") {
  OutputBuffer output(kRing, kRing / 4);
  (void)FillAll(output, 0, std::string(1'000, 'x'));
  output.MarkEnded(0);
  output.Discard();
  CHECK(output.kept(0) == 0);
  CHECK(ReadFrom(output, 0, 0).empty());
  CHECK(output.ReadAt(0, 0, {}).end);
  CHECK(output.ReadSegments(0).items.empty());
}
