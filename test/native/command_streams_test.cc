// The bytes of a run: what is told of them, who waits for whom, and what happens to them at the end.
#include <doctest/doctest.h>

#include <span>
#include <string>

#include "bytes_of.h"
#include "command_scene.h"
#include "core/limits.h"
#include "engine/command.h"

namespace {

using namespace custody::testing;
using custody::core::StopCause;
using custody::core::StragglerPolicy;
using custody::engine::Flow;
using custody::platform::ContainerObserver;

custody::core::LaunchSpec SpecWithInput(const std::string& input, bool stays_open) {
  custody::core::LaunchSpec spec = PlainSpec();
  spec.stdin_source = custody::core::StdinSource::kPipe;
  spec.stdin_stays_open = stays_open;
  spec.input = input;
  return spec;
}

/// A leader that has ended and left somebody behind who holds its pipes.
void LeaveBehind(CommandScene& scene, StragglerPolicy policy) {
  LaunchPlan plan;
  plan.members = policy == StragglerPolicy::kKill ? LaunchPlan::Members::kNone : LaunchPlan::Members::kSome;
  scene.Start(plan);
  scene.platform.End(kId, 2);
  scene.Say(LeaderExits(0));
}

}  // namespace

TEST_CASE("output is told once until JavaScript has taken the news, and only for watched streams") {
  CommandScene scene;
  scene.run->output.SetFlow(0, Flow::kDrop);
  scene.Start();
  scene.Output(2, "nobody listens");
  CHECK(scene.kinds() == "s");
  scene.Output(1, "a");
  scene.Output(1, "b");
  CHECK(scene.kinds() == "so");
  scene.run->output_told.store(false);
  scene.Output(1, "c");
  CHECK(scene.kinds() == "soo");
}

TEST_CASE("the end of a watched stream is news") {
  CommandScene scene;
  scene.run->output.SetFlow(0, Flow::kDrop);
  scene.Start();
  scene.platform.End(kId, 1);
  scene.Turn();
  CHECK(scene.kinds() == "so");
  CHECK(scene.run->output.ReadAt(0, 0, {}).end);
}

TEST_CASE("all of a long output is read, and its pipe is enlarged once it is a flood") {
  CommandScene scene;
  scene.Start();
  const std::size_t total = 3 * custody::core::kFloodBytes;
  scene.Output(1, std::string(total, 'x'));
  CHECK(scene.run->output.end(0) == total);
  CHECK(scene.run->output.kept(0) == 4096);
  CHECK(scene.platform.stream(kId, 1).enlarged_to == custody::core::kFloodPipeBytes);
  CHECK(scene.platform.stream(kId, 2).enlarged_to == 0);
}

TEST_CASE("the drain limit takes the last bytes, names the holders and gives up the pipe") {
  auto spec = PlainSpec();
  spec.plan.stragglers = StragglerPolicy::kLeave;
  CommandScene scene(spec);
  LeaveBehind(scene, StragglerPolicy::kLeave);
  scene.platform.Alter(kId, 1, [](FakeStream& stream) {
    stream.bytes = "last words";
    stream.holders = {{99, "holder", 'S'}};
  });
  // Not seen by the poller yet: the timer comes first.
  scene.timers.FireDue(scene.now() + kSecond);
  CHECK(scene.kinds() == "sS");
  CHECK(scene.Kept(0) == "last words");
  const auto facts = scene.facts();
  CHECK(facts.streams[0].total_bytes == 10);
  CHECK_FALSE(facts.streams[0].complete);
  REQUIRE(facts.streams[0].held_by.size() == 1);
  CHECK(facts.streams[0].held_by[0].pid == 99);
  CHECK(facts.streams[1].complete);
  CHECK(scene.platform.open_handles() == 0);
}

TEST_CASE("the last bytes exceed the output limit without ending what a policy keeps") {
  auto spec = PlainSpec();
  spec.plan.stragglers = StragglerPolicy::kReport;
  spec.output_limit_bytes = 5;
  CommandScene scene(spec);
  LeaveBehind(scene, StragglerPolicy::kReport);
  scene.platform.Alter(kId, 1, [](FakeStream& stream) { stream.bytes = "last words"; });
  scene.timers.FireDue(scene.now() + kSecond);
  CHECK(scene.kinds() == "sS");
  CHECK(scene.calls() == "launch reap keep");
}

TEST_CASE("a stream that waits for its listener is not cut by the drain limit") {
  CommandScene scene;
  scene.run->output.SetFlow(0, Flow::kBlock);
  scene.Start();
  scene.Output(1, std::string(8000, 'x'));
  REQUIRE_FALSE(scene.platform.is_watched(kId, 1));
  const std::uint64_t taken = scene.run->output.end(0);
  REQUIRE(taken < 8000);
  scene.platform.End(kId, 1);
  scene.platform.End(kId, 2);
  scene.Say(LeaderExits(0));
  for (int i = 0; i < 10; ++i) scene.Pass(kSecond);
  CHECK(scene.kinds() == "so");
  // The listener reads, which makes room.
  std::string bytes(8192, '\0');
  std::uint64_t cursor = 0;
  for (int i = 0; i < 10 && cursor < 8000; ++i) {
    cursor = scene.run->output.ReadAt(0, cursor, std::as_writable_bytes(std::span(bytes))).bytes.next;
    scene.run->output.Acknowledge(0, cursor);
    if (scene.run->output.TakeResume(0)) scene.command->ResumeReading(0, scene.now());
    scene.Turn();
  }
  CHECK(cursor == 8000);
  CHECK(scene.facts().streams[0].complete);
  CHECK(scene.kinds().back() == 'S');
}

TEST_CASE("with a drain limit of nothing, a waiting listener does not keep the thread busy") {
  // A timer armed for the instant at which it fires would fire for ever: the thread would serve nobody any more.
  auto plan = PlainSpec().plan;
  plan.drain = 0;
  custody::core::Lifecycle lifecycle(plan, 1);
  const custody::core::Instant now = kSecond;
  (void)lifecycle.SpawnBegan();
  (void)lifecycle.SpawnOk(now);
  (void)lifecycle.LeaderExited(now);
  (void)lifecycle.ContainerEmpty(now);
  const auto actions = lifecycle.TimerFired(custody::core::TimerKind::kDrain, now, true);
  REQUIRE(actions.items().size() == 1);
  CHECK(actions.items()[0].kind == custody::core::Action::Kind::kArmTimer);
  CHECK(actions.items()[0].at > now);
}

TEST_CASE("a stop releases a waiting stream") {
  CommandScene scene;
  scene.run->output.SetFlow(0, Flow::kBlock);
  scene.Start();
  scene.Output(1, std::string(8000, 'x'));
  scene.command->Stop(StopCause::kCancelled, kSecond, scene.now());
  scene.Turn();
  CHECK(scene.run->output.end(0) == 8000);
  scene.EndOutputs();
  scene.Say(LeaderExits(0));
  CHECK(scene.kinds().back() == 'S');
}

TEST_CASE("a child that waits for its listener is not idle") {
  auto spec = PlainSpec();
  spec.plan.idle = 3 * kSecond;
  CommandScene scene(spec);
  scene.run->output.SetFlow(0, Flow::kBlock);
  scene.Start();
  scene.Output(1, std::string(8000, 'x'));
  scene.Pass(4 * kSecond);
  CHECK(scene.calls() == "launch");
}

TEST_CASE(
    "a leader that has ended when its start is told: its output is read, and only what others hold open is watched") {
  CommandScene scene;
  LaunchPlan plan;
  plan.answer = LaunchPlan::Answer::kComesLater;
  plan.leader_is_dead = true;
  scene.Start(plan);
  scene.platform.Write(kId, 1, "all there is");
  scene.platform.End(kId, 1);
  SUBCASE("nobody holds anything") {
    scene.platform.End(kId, 2);
    scene.platform.registrations_left = 0;  // a stream that is watched now is cut off
  }
  SUBCASE("stderr is held open") { scene.platform.Write(kId, 2, "first, "); }
  scene.Say([](ContainerObserver& observer) {
    observer.OnStarted(5, custody::core::MonotonicNow());
    observer.OnLeaderExited(Exited(0));
  });
  CHECK(scene.Kept(0) == "all there is");
  if (scene.platform.is_watched(kId, 2)) {
    CHECK(scene.kinds() == "s");
    CHECK(scene.Kept(1) == "first, ");
    scene.platform.Write(kId, 2, "last");
    scene.platform.End(kId, 2);
    scene.Turn();
    CHECK(scene.Kept(1) == "first, last");
  }
  REQUIRE(scene.kinds() == "sS");
  CHECK(scene.facts().streams[0].complete);
  CHECK(scene.facts().streams[1].complete);
}

TEST_CASE("a stream that could not be watched is not called complete") {
  CommandScene scene;
  scene.platform.registrations_left = 1;  // stdout's; stderr's is refused
  scene.Start();
  scene.platform.Write(kId, 2, "never read");
  scene.platform.End(kId, 1);
  scene.Turn();
  scene.Say(LeaderExits(0));
  REQUIRE(scene.kinds() == "sS");
  CHECK(scene.facts().streams[0].complete);
  CHECK_FALSE(scene.facts().streams[1].complete);
}

TEST_CASE("a read error ends the stream") {
  CommandScene scene;
  scene.Start();
  scene.platform.Alter(kId, 1, [](FakeStream& stream) { stream.broken = true; });
  scene.Turn();
  CHECK(scene.platform.stream(kId, 1).closed);
  CHECK(scene.run->output.ReadAt(0, 0, {}).end);
}

TEST_CASE("input known beforehand is fed and ended") {
  CommandScene scene(SpecWithInput("hello", false));
  scene.Start();
  CHECK(scene.platform.stream(kId, 0).bytes == "hello");
  CHECK(scene.platform.stream(kId, 0).closed);
}

TEST_CASE("input waits for a full pipe and goes on when there is room") {
  CommandScene scene(SpecWithInput("", true));
  scene.Start();
  scene.platform.Alter(kId, 0, [](FakeStream& stream) { stream.room = 3; });
  const std::string chunk(100'000, 'i');
  const std::size_t accepted = scene.run->input.Offer(BytesOf(chunk));
  CHECK(accepted == custody::core::kStdinBufferBytes);
  scene.command->InputOffered(scene.now());
  CHECK(scene.platform.is_watched(kId, 0));
  CHECK(scene.kinds() == "s");
  scene.platform.MakeRoom(kId, 50'000);
  scene.Turn();
  CHECK(scene.kinds() == "sw");
  scene.platform.MakeRoom(kId, 50'000);
  scene.Turn();
  CHECK(scene.platform.stream(kId, 0).bytes == chunk.substr(0, accepted));
  CHECK_FALSE(scene.platform.is_watched(kId, 0));
  CHECK_FALSE(scene.platform.stream(kId, 0).closed);
  scene.run->input.RequestEnd();
  scene.command->InputOffered(scene.now());
  CHECK(scene.platform.stream(kId, 0).closed);
}

TEST_CASE("a child that reads no more is tolerated, and whoever waits to write is told") {
  CommandScene scene(SpecWithInput("", true));
  scene.Start();
  scene.platform.Alter(kId, 0, [](FakeStream& stream) { stream.room = 0; });
  (void)scene.run->input.Offer(BytesOf(std::string(100'000, 'i')));
  scene.command->InputOffered(scene.now());
  scene.platform.Alter(kId, 0, [](FakeStream& stream) { stream.broken = true; });
  scene.Turn();
  CHECK(scene.kinds() == "sw");
  CHECK(scene.platform.stream(kId, 0).closed);
  CHECK(scene.run->input.Offer(BytesOf("more")) == 4);
}
