// The calls JavaScript's thread makes: ids, lanes, refusals, closing, and the bytes that cross between two threads.
#include "engine/engine.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <span>
#include <string>
#include <thread>

#include "bytes_of.h"
#include "command_scene.h"
#include "core/limits.h"
#include "fake_platform.h"

extern "C" {
void __lsan_disable() __attribute__((weak));  // NOLINT(bugprone-reserved-identifier): the sanitizer's name
void __lsan_enable() __attribute__((weak));   // NOLINT(bugprone-reserved-identifier): the sanitizer's name
}

namespace {

using namespace custody::testing;
using custody::core::LaunchId;
using custody::core::StopCause;
using custody::engine::Engine;
using custody::engine::Flow;
using custody::platform::ContainerObserver;

class EngineScene {
 public:
  EngineScene() {
    plan.on_hard = LeaderExits(9);
    platform.Plan(plan);
  }
  ~EngineScene() {
    platform.LetLaunchesGo();
    CHECK(engine.Close(5 * kSecond));
  }

  bool WaitForKinds(LaunchId id, const std::string& kinds) {
    return Eventually([&] { return sink.kinds(id) == kinds; });
  }
  void Finish(LaunchId id) {
    platform.End(id, 1);
    platform.End(id, 2);
    platform.Say(id, LeaderExits(0));
  }
  custody::core::SettledFacts FactsOf(LaunchId id) {
    custody::engine::SharedRun* const run = engine.Find(id);
    REQUIRE(run != nullptr);
    const std::lock_guard lock(run->facts_mutex);
    return run->facts;
  }

  FakePlatform platform;
  RecordingSink sink;
  LaunchPlan plan;
  Engine engine{sink};
};

/// A lane whose thread is given up is never freed, which a leak checker must not be told as news.
LaunchId LaunchOnLostLane(Engine& engine) {
  if (__lsan_disable != nullptr) __lsan_disable();
  const LaunchId id = engine.Launch(PlainSpec());
  if (__lsan_enable != nullptr) __lsan_enable();
  return id;
}

custody::core::LaunchSpec WaitedForSpec() {
  auto spec = PlainSpec();
  spec.waited_for = true;
  return spec;
}

}  // namespace

TEST_CASE("ids are never used again, and a released one is nobody's") {
  EngineScene scene;
  const LaunchId first = scene.engine.Launch(PlainSpec());
  REQUIRE(scene.WaitForKinds(first, "s"));
  scene.Finish(first);
  REQUIRE(scene.WaitForKinds(first, "sS"));
  scene.engine.Release(first);
  CHECK(scene.engine.Find(first) == nullptr);
  const LaunchId second = scene.engine.Launch(PlainSpec());
  CHECK(second != first);
  scene.engine.Stop(first, StopCause::kCancelled, 0);
  scene.engine.Release(first);
  scene.engine.CloseStdin(first);
  scene.engine.Watch(first, 0, Flow::kDrop);
  scene.engine.ResumeLeader(first);
  CHECK(scene.engine.WriteStdin(first, BytesOf("x")) == 1);
  scene.engine.Acknowledge(first, 0, 1);
  CHECK(scene.WaitForKinds(second, "s"));
}

TEST_CASE("a start that would have to wait gets a thread of its own, up to the limit") {
  EngineScene scene;
  scene.plan.holds_thread = true;
  scene.platform.Plan(scene.plan);
  for (int i = 0; i < 5; ++i) (void)scene.engine.Launch(PlainSpec());
  REQUIRE(Eventually([&] { return scene.platform.launches_held() == custody::core::kEngineThreads; }));
  CHECK(scene.platform.threads_started() == custody::core::kEngineThreads);
}

TEST_CASE("a crowd gets as many starts at once as there are processors, on threads that come later as well") {
  using custody::engine::StartsPerLane;
  CHECK(StartsPerLane(false, 1) == custody::core::kStartsPerLane);
  CHECK(StartsPerLane(true, 0) == 1);
  CHECK(StartsPerLane(true, 2) == 1);
  CHECK(StartsPerLane(true, 4) == 2);
  CHECK(StartsPerLane(true, 64) == custody::core::kStartsPerLane);

  EngineScene scene;
  scene.plan.answer = LaunchPlan::Answer::kComesLater;
  scene.platform.Plan(scene.plan);
  scene.engine.SetCrowded(true);
  constexpr LaunchId kMany = custody::core::kEngineThreads * custody::core::kStartsPerLane;
  for (LaunchId launched = 0; launched < kMany; ++launched) (void)scene.engine.Launch(PlainSpec());
  const auto in_progress = [&] {
    std::size_t count = 0;
    for (LaunchId id = 1; id <= kMany; ++id) count += scene.platform.calls(id) == "launch" ? 1 : 0;
    return count;
  };
  const std::size_t crowded = custody::core::kEngineThreads * StartsPerLane(true, std::thread::hardware_concurrency());
  REQUIRE(Eventually([&] { return in_progress() == crowded; }));
  // None of the starts says anything, and still the others follow.
  scene.engine.SetCrowded(false);
  CHECK(Eventually([&] { return in_progress() == kMany; }));
  for (LaunchId id = 1; id <= kMany; ++id) {
    scene.platform.Say(id, [](ContainerObserver& observer) { observer.OnSpawnFailed({2, "exec"}); });
    CHECK(scene.WaitForKinds(id, "S"));
  }
}

TEST_CASE("starts that do not wait for each other share one thread") {
  EngineScene scene;
  for (int i = 0; i < 5; ++i) {
    const LaunchId id = scene.engine.Launch(PlainSpec());
    REQUIRE(scene.WaitForKinds(id, "s"));
    scene.Finish(id);
    REQUIRE(scene.WaitForKinds(id, "sS"));
  }
  CHECK(scene.platform.threads_started() == 1);
}

TEST_CASE("a launch without a thread to be had is refused; with one, it waits for that") {
  EngineScene scene;
  SUBCASE("no thread at all") {
    scene.platform.refuses_threads = true;
    const LaunchId id = scene.engine.Launch(PlainSpec());
    CHECK(scene.sink.kinds(id) == "S");
    CHECK(scene.FactsOf(id).failure.code == EAGAIN);
    CHECK(scene.FactsOf(id).failure.operation == std::string("thread"));
    CHECK(scene.engine.WriteStdin(id, BytesOf("x")) == 1);
    CHECK(scene.engine.Find(id)->output.ReadAt(0, 0, {}).end);
    scene.engine.Stop(id, StopCause::kCancelled, 0);
    scene.engine.Release(id);
  }
  SUBCASE("no second one") {
    scene.plan.holds_thread = true;
    scene.platform.Plan(scene.plan);
    (void)scene.engine.Launch(PlainSpec());
    REQUIRE(Eventually([&] { return scene.platform.launches_held() == 1; }));
    scene.platform.refuses_threads = true;
    const LaunchId second = scene.engine.Launch(PlainSpec());
    scene.platform.LetLaunchesGo();
    CHECK(scene.WaitForKinds(second, "s"));
  }
}

TEST_CASE("a run that is waited for lives on the thread that waits") {
  EngineScene scene;
  const LaunchId id = scene.engine.Launch(WaitedForSpec());
  REQUIRE(scene.engine.waits_to_be_driven(id));
  CHECK(scene.sink.kinds(id).empty());
  std::thread script([&] {
    if (scene.WaitForKinds(id, "s")) scene.Finish(id);
  });
  CHECK(scene.engine.DriveUntilSettled(id, [] { return false; }));
  script.join();
  CHECK(scene.sink.kinds(id) == "sS");
  CHECK(scene.sink.flushes() == 0);
  scene.engine.Release(id);
  CHECK(scene.platform.open_handles() == 0);
  CHECK(scene.platform.threads_started() == 0);
}

TEST_CASE("a run that outlives its wait gets a thread, where it settles") {
  EngineScene scene;
  const LaunchId id = scene.engine.Launch(WaitedForSpec());
  CHECK_FALSE(scene.engine.DriveUntilSettled(id, [&] { return scene.sink.kinds(id) == "s"; }));
  CHECK_FALSE(scene.engine.waits_to_be_driven(id));
  scene.Finish(id);
  CHECK(scene.WaitForKinds(id, "sS"));
  const LaunchId next = scene.engine.Launch(WaitedForSpec());
  CHECK_FALSE(scene.engine.waits_to_be_driven(next));
  CHECK(scene.WaitForKinds(next, "s"));
  CHECK(scene.platform.threads_started() == 1);
}

TEST_CASE("closing ends a run that was waited for, also without a thread to be had") {
  EngineScene scene;
  scene.platform.refuses_threads = true;
  const LaunchId id = scene.engine.Launch(WaitedForSpec());
  CHECK_FALSE(scene.engine.DriveUntilSettled(id, [&] { return scene.sink.kinds(id) == "s"; }));
  REQUIRE(scene.engine.waits_to_be_driven(id));
  scene.platform.End(id, 1);
  scene.platform.End(id, 2);
  CHECK(scene.engine.Close(5 * kSecond));
  CHECK(scene.sink.kinds(id) == "sS");
  CHECK(scene.FactsOf(id).cause == StopCause::kHostExit);
  CHECK(scene.platform.open_handles() == 0);
}

TEST_CASE("closing kills what runs, refuses what comes, and can be repeated") {
  EngineScene scene;
  const LaunchId running = scene.engine.Launch(PlainSpec());
  REQUIRE(scene.WaitForKinds(running, "s"));
  scene.platform.End(running, 1);
  scene.platform.End(running, 2);
  CHECK(scene.engine.Close(5 * kSecond));
  CHECK(scene.sink.kinds(running) == "sS");
  CHECK(scene.FactsOf(running).cause == StopCause::kHostExit);
  CHECK(scene.platform.open_handles() == 0);
  const LaunchId late = scene.engine.Launch(PlainSpec());
  CHECK(scene.sink.kinds(late) == "S");
  CHECK(scene.FactsOf(late).failure.operation == std::string("closing"));
  CHECK(scene.engine.Close(0));
  scene.engine.Stop(running, StopCause::kCancelled, 0);
  scene.engine.Release(running);
}

TEST_CASE("a close that did not end everything is not called complete by a second one") {
  // Whoever frees the sink trusts this answer; a thread that was given up still uses it.
  FakePlatform platform;
  RecordingSink sink;
  Engine engine(sink);
  platform.Plan({});  // nothing dies
  const LaunchId id = LaunchOnLostLane(engine);
  REQUIRE(Eventually([&] { return sink.kinds(id) == "s"; }));
  CHECK_FALSE(engine.Close(kSecond / 100));
  CHECK_FALSE(engine.Close(kSecond / 100));
  platform.End(id, 1);
  platform.End(id, 2);
  platform.Say(id, LeaderExits(0));
  platform.JoinAbandoned();
  CHECK(sink.kinds(id) == "sS");
}

TEST_CASE("a listener that comes late is told of what there is") {
  EngineScene scene;
  const LaunchId id = scene.engine.Launch(PlainSpec());
  REQUIRE(scene.WaitForKinds(id, "s"));
  scene.platform.Write(id, 1, "early");
  REQUIRE(Eventually([&] { return scene.engine.Find(id)->output.end(0) == 5; }));
  scene.engine.Watch(id, 1, Flow::kDrop);
  CHECK(scene.sink.kinds(id) == "s");
  scene.engine.Watch(id, 0, Flow::kDrop);
  CHECK(scene.sink.kinds(id) == "so");
}

TEST_CASE("news of output is told once, also when a listener comes while it is under way") {
  EngineScene scene;
  const LaunchId id = scene.engine.Launch(PlainSpec());
  REQUIRE(scene.WaitForKinds(id, "s"));
  scene.platform.Write(id, 1, "out");
  scene.platform.Write(id, 2, "error");
  REQUIRE(Eventually([&] { return scene.engine.Find(id)->output.end(1) == 5; }));
  scene.engine.Watch(id, 0, Flow::kDrop);
  scene.engine.Watch(id, 1, Flow::kDrop);
  CHECK(scene.sink.kinds(id) == "so");
}

TEST_CASE("the acknowledgement of a blocking listener lets a paused stream go on") {
  EngineScene scene;
  const LaunchId id = scene.engine.Launch(PlainSpec());
  REQUIRE(scene.WaitForKinds(id, "s"));
  scene.engine.Watch(id, 0, Flow::kBlock);
  constexpr std::size_t kTotal = 100'000;
  scene.platform.Write(id, 1, std::string(kTotal, 'x'));
  scene.platform.End(id, 1);
  std::string into(1'000, '\0');
  std::uint64_t cursor = 0;
  std::uint64_t dropped = 0;
  CHECK(Eventually([&] {
    const auto read = scene.engine.Find(id)->output.ReadAt(0, cursor, std::as_writable_bytes(std::span(into)));
    scene.engine.Acknowledge(id, 0, read.bytes.next);
    cursor = read.bytes.next;
    dropped += read.bytes.dropped;
    return read.end;
  }));
  CHECK(cursor == kTotal);
  CHECK(dropped == 0);
}

TEST_CASE("every byte that was accepted reaches the child, however close the end of the input follows") {
  EngineScene scene;
  auto spec = PlainSpec();
  spec.stdin_source = custody::core::StdinSource::kPipe;
  spec.stdin_stays_open = true;
  for (int round = 0; round < 1'000; ++round) {
    const LaunchId id = scene.engine.Launch(spec);
    REQUIRE(Eventually([&] { return scene.sink.kinds(id) == "s"; }));
    std::string expected;
    for (int i = 0; i < 20; ++i) {
      expected += "x";
      REQUIRE(scene.engine.WriteStdin(id, BytesOf("x")) == 1);
    }
    scene.engine.CloseStdin(id);
    REQUIRE(Eventually([&] { return scene.platform.stream(id, 0).closed; }));
    REQUIRE(scene.platform.stream(id, 0).bytes == expected);
    scene.Finish(id);
    scene.engine.Release(id);
  }
}
