#include "core/segment_log.h"

#include <doctest/doctest.h>

#include "core/limits.h"

using custody::core::kSegmentLogEntries;
using custody::core::kSegmentSpan;
using custody::core::SegmentLog;

TEST_CASE("output of one stream within the span is one segment, stamped with its first byte") {
  SegmentLog log;
  log.Append(0, 0, 10, 100);
  log.Append(0, 10, 5, 100 + kSegmentSpan - 1);
  REQUIRE(log.end() == 1);
  CHECK(log.at(0).length == 15);
  CHECK(log.at(0).at == 100);
}

TEST_CASE("the other stream, a later time or a reader's look begins a new segment") {
  SegmentLog log;
  log.Append(0, 0, 10, 0);
  log.Append(1, 0, 10, 0);
  log.Append(1, 10, 10, kSegmentSpan);
  log.Seal();
  log.Append(1, 20, 10, kSegmentSpan);
  CHECK(log.end() == 4);
  CHECK(log.at(3).offset == 20);
}

TEST_CASE("a full log overwrites its oldest entries and keeps their numbers") {
  SegmentLog log;
  constexpr std::uint64_t kExtra = 10;
  for (std::uint64_t i = 0; i < kSegmentLogEntries + kExtra; ++i) log.Append(i % 2, i, 1, 0);
  CHECK(log.begin() == kExtra);
  CHECK(log.end() == kSegmentLogEntries + kExtra);
  for (std::uint64_t i = log.begin(); i < log.end(); ++i) CHECK(log.at(i).offset == i);
}
