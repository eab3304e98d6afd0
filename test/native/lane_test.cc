// One engine thread over a platform that does what the test says: mail, starts in turn, closing.
#include "engine/lane.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

#include "command_scene.h"
#include "core/limits.h"
#include "engine/shared_run.h"
#include "fake_platform.h"

namespace {

using namespace custody::testing;
using custody::core::Event;
using custody::core::Instant;
using custody::core::kBusyDelay;
using custody::core::LaunchId;
using custody::core::LaunchSpec;
using custody::core::Nanos;
using custody::core::StopCause;
using custody::engine::Command;
using custody::engine::Lane;
using custody::engine::Message;
using custody::engine::NewsDesk;
using custody::engine::SharedRun;
using custody::engine::StartPace;
using custody::engine::Urgency;
using custody::platform::ContainerObserver;
using custody::platform::Containment;
using Kind = Message::Kind;

class LaneScene {
 public:
  LaneScene() { REQUIRE(lane->StartThread().ok()); }
  ~LaneScene() {
    if (!lane) return;
    platform.LetLaunchesGo();
    lane->Post({.kind = Kind::kClose});
    CHECK(lane->EndBy(custody::core::MonotonicNow() + 5 * kSecond));
  }

  std::shared_ptr<SharedRun> Launch(LaunchId id, LaunchSpec spec = PlainSpec()) {
    auto run = std::make_shared<SharedRun>(static_cast<std::size_t>(spec.ring_bytes),
                                           static_cast<std::size_t>(spec.head_bytes), std::move(spec.input),
                                           spec.stdin_stays_open);
    lane->Post({.kind = Kind::kLaunch, .id = id, .command = std::make_unique<Command>(id, std::move(spec), run)});
    return run;
  }
  void Finish(LaunchId id) {
    platform.End(id, 1);
    platform.End(id, 2);
    platform.Say(id, LeaderExits(0));
  }
  void Release(LaunchId id) { lane->Post({.kind = Kind::kRelease, .id = id}); }
  bool WaitForKinds(LaunchId id, const std::string& kinds) {
    const bool came = Eventually([&] { return sink.kinds(id) == kinds; });
    INFO(sink.kinds(id));
    return came;
  }
  /// A launch that blocks the lane, so that what is posted next queues up behind it.
  void HoldLane(LaunchId id) {
    LaunchPlan held = plan;
    held.holds_thread = true;
    platform.Plan(held);
    (void)Launch(id);
    REQUIRE(Eventually([&] { return platform.launches_held() == 1; }));
    platform.Plan(plan);
  }

  FakePlatform platform;
  RecordingSink sink;
  LaunchPlan plan = DyingWhenKilled();
  std::unique_ptr<Lane> lane = std::move(Lane::Create(sink, *Containment::Create()).value());

 private:
  /// So that closing ends whatever a test has left running.
  static LaunchPlan DyingWhenKilled() {
    LaunchPlan out;
    out.on_hard = LeaderExits(9);
    return out;
  }
};

}  // namespace

TEST_CASE("a lane that cannot be had is an error, not an end of the host") {
  FakePlatform platform;
  RecordingSink sink;
  SUBCASE("no poller") {
    platform.refuses_pollers = true;
    CHECK_FALSE(Lane::Create(sink, *Containment::Create()).ok());
  }
  SUBCASE("no thread") {
    platform.refuses_threads = true;
    CHECK_FALSE(Lane::Create(sink, *Containment::Create()).value()->StartThread().ok());
  }
}

TEST_CASE("runs start, finish and are forgotten once they are released") {
  LaneScene scene;
  scene.platform.Plan(scene.plan);
  for (const LaunchId id : {1U, 2U, 3U}) (void)scene.Launch(id);
  for (const LaunchId id : {1U, 2U, 3U}) {
    REQUIRE(Eventually([&] { return scene.sink.kinds(id) == "s"; }));
    scene.Finish(id);
    CHECK(scene.WaitForKinds(id, "sS"));
    scene.Release(id);
    CHECK(Eventually([&] { return !scene.platform.container_exists(id); }));
  }
  CHECK(scene.platform.open_handles() == 0);
  CHECK(scene.lane->starting() == 0);
}

TEST_CASE("the news of a start is flushed though nothing else happens") {
  LaneScene scene;
  LaunchPlan plan = scene.plan;
  SUBCASE("answered from inside the launch") { plan.answer = LaunchPlan::Answer::kStarts; }
  SUBCASE("answered later") { plan.answer = LaunchPlan::Answer::kComesLater; }
  scene.platform.Plan(plan);
  (void)scene.Launch(1);
  if (plan.answer == LaunchPlan::Answer::kComesLater) {
    REQUIRE(Eventually([&] { return scene.platform.calls(1) == "launch"; }));
    scene.platform.Say(1, [](ContainerObserver& observer) { observer.OnStarted(5, custody::core::MonotonicNow()); });
  }
  REQUIRE(scene.WaitForKinds(1, "s"));
  CHECK(Eventually([&] { return !scene.sink.has_unflushed(); }));
}

TEST_CASE("starts in progress are limited, commands that run are not") {
  LaneScene scene;
  LaunchPlan plan = scene.plan;
  plan.answer = LaunchPlan::Answer::kComesLater;
  scene.platform.Plan(plan);
  LaunchId most = custody::core::kStartsPerLane;
  SUBCASE("as usual") {}
  SUBCASE("to fewer") {
    most = 1;
    scene.lane->LimitStarts(1);
  }
  const LaunchId last = most + 2;
  for (LaunchId id = 1; id <= last; ++id) (void)scene.Launch(id);
  LaunchId next = 1;
  for (LaunchId launched = most; launched <= last; ++launched, ++next) {
    REQUIRE(Eventually([&] { return scene.platform.calls(launched) == "launch"; }));
    CHECK(scene.lane->starting() == static_cast<int>(last - next + 1));
    if (launched < last) CHECK(scene.platform.calls(launched + 1).empty());
    scene.platform.Say(next, [](ContainerObserver& observer) { observer.OnStarted(5, custody::core::MonotonicNow()); });
    REQUIRE(scene.WaitForKinds(next, "s"));
  }
  for (; next <= last; ++next) {
    scene.platform.Say(next, [](ContainerObserver& observer) { observer.OnSpawnFailed({2, "exec"}); });
    REQUIRE(scene.WaitForKinds(next, "S"));
  }
  CHECK(Eventually([&] { return scene.lane->starting() == 0; }));
}

TEST_CASE("urgent news goes at once, or after the patience it is shown") {
  RecordingSink sink;
  NewsDesk desk(sink);
  const Instant before = custody::core::MonotonicNow();
  desk.Push({Event::Kind::kSettled, 1}, Urgency::kNow);
  const Instant pushed_by = custody::core::MonotonicNow();
  Nanos patience = 0;
  SUBCASE("none") {}
  SUBCASE("some") { patience = kBusyDelay; }
  if (patience > 0) desk.FlushDue(before, patience);
  CHECK(sink.flushes() == 0);
  desk.FlushDue(pushed_by + patience, patience);
  CHECK(sink.flushes() == 1);
  CHECK(desk.next() == custody::core::kNever);
}

TEST_CASE("the time for queued starts follows their pace, and pauses do not count") {
  StartPace pace;
  CHECK(pace.TimeFor(10) == 0);
  Instant now = 1;
  constexpr Nanos kEach = 1'000;
  for (int start = 0; start < 100; ++start) pace.Started(now += kEach, true);
  CHECK(pace.TimeFor(10) > 9 * kEach);
  CHECK(pace.TimeFor(10) <= 10 * kEach);
  pace.Started(now += kEach, false);
  pace.Started(now += 1'000 * kEach, true);
  CHECK(pace.TimeFor(10) <= 10 * kEach);
}

TEST_CASE("news that another lane's delivery took along needs no wake-up of its own") {
  RecordingSink sink;
  NewsDesk desk(sink);
  desk.Push({Event::Kind::kSettled, 1}, Urgency::kNow);
  sink.Deliver();
  desk.FlushDue(custody::core::MonotonicNow() + kBusyDelay, 0);
  CHECK(sink.flushes() == 0);
  desk.Push({Event::Kind::kSettled, 2}, Urgency::kNow);
  desk.FlushDue(custody::core::MonotonicNow(), 0);
  CHECK(sink.flushes() == 1);
}

TEST_CASE("a stop overtakes a launch that waits for its turn") {
  LaneScene scene;
  scene.HoldLane(1);
  (void)scene.Launch(2);
  scene.lane->Post({.kind = Kind::kStop, .id = 2, .cause = StopCause::kCancelled});
  scene.platform.LetLaunchesGo();
  CHECK(scene.WaitForKinds(2, "S"));
  CHECK(scene.platform.calls(2).empty());
  CHECK(Eventually([&] { return scene.lane->starting() == 0; }));
}

TEST_CASE("a release overtakes launches that wait for their turn, and they are no longer counted") {
  LaneScene scene;
  scene.HoldLane(1);
  for (const LaunchId id : {2U, 3U, 4U}) {
    (void)scene.Launch(id);
    scene.Release(id);
  }
  scene.platform.LetLaunchesGo();
  for (const LaunchId id : {2U, 3U, 4U}) CHECK(scene.WaitForKinds(id, "S"));
  // A count that stays up would make the engine avoid this lane for good.
  CHECK(Eventually([&] { return scene.lane->starting() == 0; }));
}

TEST_CASE("closing during a start ends the run that it starts") {
  LaneScene scene;
  scene.HoldLane(1);
  (void)scene.Launch(2);
  scene.lane->Post({.kind = Kind::kClose});
  scene.platform.LetLaunchesGo();
  REQUIRE(scene.WaitForKinds(2, "S"));
  REQUIRE(Eventually([&] { return scene.platform.calls(1) == "launch hard reap"; }));
  scene.platform.End(1, 1);
  scene.platform.End(1, 2);
  CHECK(scene.lane->EndBy(custody::core::MonotonicNow() + 5 * kSecond));
  scene.lane.reset();
  CHECK(scene.sink.kinds(1) == "sS");
  CHECK(scene.platform.open_handles() == 0);
}

TEST_CASE("a launch that arrives after closing began is refused") {
  LaneScene scene;
  scene.HoldLane(1);
  scene.lane->Post({.kind = Kind::kClose});
  const auto run = scene.Launch(2);
  scene.platform.LetLaunchesGo();
  CHECK(scene.WaitForKinds(2, "S"));
  const std::lock_guard lock(run->facts_mutex);
  CHECK(run->facts.refused);
  CHECK(run->facts.failure.operation == std::string("closing"));
}

TEST_CASE("a lane whose run cannot be ended is given up in time") {
  LaneScene scene;
  scene.platform.Plan({});  // nothing dies
  (void)scene.Launch(1);
  REQUIRE(scene.WaitForKinds(1, "s"));
  scene.lane->Post({.kind = Kind::kClose});
  const custody::core::Instant began = custody::core::MonotonicNow();
  CHECK_FALSE(scene.lane->EndBy(began + kSecond / 10));
  CHECK(custody::core::MonotonicNow() - began < 2 * kSecond);
  // In a host the thread may use the lane for ever. Here it can be told to end after all.
  scene.Finish(1);
  scene.platform.JoinAbandoned();
  CHECK(scene.sink.kinds(1) == "sS");
  scene.lane.reset();
}

TEST_CASE("mail for a run that is not there, or no more, does nothing") {
  LaneScene scene;
  scene.platform.Plan(scene.plan);
  for (const Kind kind :
       {Kind::kStop, Kind::kInputOffered, Kind::kResumeReading, Kind::kResumeLeader, Kind::kRelease}) {
    scene.lane->Post({.kind = kind, .id = 99});
  }
  (void)scene.Launch(1);
  REQUIRE(scene.WaitForKinds(1, "s"));
  scene.Finish(1);
  CHECK(scene.WaitForKinds(1, "sS"));
}

TEST_CASE("no message is slept through") {
  // A thousand round trips with the thread just about to sleep: a lost wake-up would stop them for good.
  LaneScene scene;
  scene.platform.Plan(scene.plan);
  for (LaunchId id = 1; id <= 1'000; ++id) {
    (void)scene.Launch(id);
    scene.lane->Post({.kind = Kind::kStop, .id = id, .cause = StopCause::kCancelled});
    scene.Release(id);
    REQUIRE(Eventually([&] { return scene.sink.events().size() >= id; }));
  }
}
