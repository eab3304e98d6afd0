// The poller with real descriptors: precision, wake-ups, level-triggering.
#include "platform/poller.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "core/clock.h"

namespace {

using custody::core::Instant;
using custody::core::kNanosPerMilli;
using custody::core::kNever;
using custody::core::MonotonicNow;
using custody::platform::Interest;
using custody::platform::OwnedHandle;
using custody::platform::Poller;
using custody::platform::PollToken;

struct Scene {
  std::unique_ptr<Poller> poller = std::move(Poller::Create().value());
  std::array<PollToken, 8> ready;
  OwnedHandle reading;
  OwnedHandle writing;

  Scene() {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    reading = OwnedHandle(ends[0]);
    writing = OwnedHandle(ends[1]);
  }
  void Put() { REQUIRE(::write(static_cast<int>(writing.get()), "x", 1) == 1); }
  std::size_t Look() { return poller->Wait(0, ready); }
};

}  // namespace

TEST_CASE("a wait ends at its instant, never before it and hardly after it") {
  Scene scene;
  Instant worst = 0;
  Instant best = kNever;
  for (int i = 1; i <= 20; ++i) {
    const Instant until = MonotonicNow() + i * kNanosPerMilli / 4;
    CHECK(scene.poller->Wait(until, scene.ready) == 0);
    const Instant late = MonotonicNow() - until;
    CHECK(late >= 0);
    worst = std::max(worst, late);
    best = std::min(best, late);
  }
  INFO("late by " << best << " to " << worst << " ns");
  CHECK(best < 2 * kNanosPerMilli);
}

TEST_CASE("an instant that has passed, and instant 0, do not block") {
  Scene scene;
  CHECK(scene.poller->Wait(0, scene.ready) == 0);
  CHECK(scene.poller->Wait(1, scene.ready) == 0);
  CHECK(scene.poller->Wait(MonotonicNow() - 1, scene.ready) == 0);
}

TEST_CASE("a wake-up ends a wait, whether it comes before or during it, and is used up by it") {
  Scene scene;
  scene.poller->Wake();
  scene.poller->Wake();
  CHECK(scene.poller->Wait(kNever, scene.ready) == 0);
  const Instant began = MonotonicNow();
  CHECK(scene.poller->Wait(began + 5 * kNanosPerMilli, scene.ready) == 0);
  CHECK(MonotonicNow() >= began + 5 * kNanosPerMilli);
  std::thread other([&] { scene.poller->Wake(); });
  CHECK(scene.poller->Wait(kNever, scene.ready) == 0);
  other.join();
}

TEST_CASE("a token comes back as it was given, for as long as its handle is ready") {
  Scene scene;
  const PollToken token{(std::uint64_t{1} << 53) - 1, 255};
  REQUIRE(scene.poller->Add(scene.reading.get(), Interest::kReadable, token).ok());
  CHECK(scene.Look() == 0);
  scene.Put();
  for (int i = 0; i < 2; ++i) {
    REQUIRE(scene.Look() == 1);
    CHECK(scene.ready[0].launch == token.launch);
    CHECK(scene.ready[0].channel == token.channel);
  }
  scene.poller->Remove(scene.reading.get());
  CHECK(scene.Look() == 0);
}

TEST_CASE("the end of the other side is an event, for a reader and for a writer") {
  Scene scene;
  SUBCASE("reader") {
    REQUIRE(scene.poller->Add(scene.reading.get(), Interest::kReadable, {1, 1}).ok());
    scene.writing.Close();
  }
  SUBCASE("writer with a full pipe") {
    std::array<char, 4096> block{};
    while (::write(static_cast<int>(scene.writing.get()), block.data(), block.size()) > 0) {
    }
    REQUIRE(scene.poller->Add(scene.writing.get(), Interest::kWritable, {1, 1}).ok());
    CHECK(scene.Look() == 0);
    scene.reading.Close();
  }
  CHECK(scene.Look() == 1);
}

TEST_CASE("more that is ready than asked for comes with the next wait") {
  Scene one;
  Scene two;
  REQUIRE(one.poller->Add(one.reading.get(), Interest::kReadable, {1, 1}).ok());
  REQUIRE(one.poller->Add(two.reading.get(), Interest::kReadable, {2, 1}).ok());
  one.Put();
  two.Put();
  std::array<PollToken, 1> room;
  REQUIRE(one.poller->Wait(0, room) == 1);
  const std::uint64_t first = room[0].launch;
  REQUIRE(one.poller->Wait(0, room) == 1);
  CHECK(room[0].launch != first);  // nobody is starved
}

TEST_CASE("what cannot be registered is an error") {
  Scene scene;
  CHECK_FALSE(scene.poller->Add(99'999, Interest::kReadable, {1, 1}).ok());
  scene.poller->Remove(99'999);
}
