// One run over a platform that does what the test says: which facts come, in which order, what the container is asked for.
#include "engine/command.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>

#include "command_scene.h"

namespace {

using namespace custody::testing;
using custody::core::CleanupStatus;
using custody::core::Ending;
using custody::core::StopCause;
using custody::engine::Flow;
using custody::platform::ContainerObserver;

LaunchPlan PlanWith(LaunchPlan::Members members) {
  LaunchPlan plan;
  plan.members = members;
  return plan;
}

}  // namespace

TEST_CASE("a run that nobody watches tells its start and its settling, and nothing else") {
  CommandScene scene;
  scene.Start();
  scene.Output(1, "out");
  scene.Output(2, "error");
  scene.EndOutputs();
  scene.Say(LeaderExits(3));
  CHECK(scene.kinds() == "sS");
  CHECK(scene.calls() == "launch reap");
  const auto facts = scene.facts();
  CHECK(facts.ending == Ending::kEnded);
  CHECK(facts.status.value == 3);
  CHECK(facts.pid == FakePlatform::kPid);
  CHECK(facts.resolved_file == "/fake/file");
  CHECK(facts.cause == StopCause::kNone);
  CHECK(facts.streams[0].total_bytes == 3);
  CHECK(facts.streams[1].kept_bytes == 5);
  CHECK(facts.streams[0].complete);
  CHECK(facts.cleanup.status == CleanupStatus::kConfirmedGroupOnly);
  CHECK(scene.Kept(0) == "out");
  CHECK(scene.command->is_final());
}

TEST_CASE("a run settles only when its leader, its streams and its container are all done") {
  CommandScene scene;
  LaunchPlan plan = PlanWith(LaunchPlan::Members::kUntold);
  scene.Start(plan);
  scene.Say(LeaderExits(0));
  scene.EndOutputs();
  CHECK(scene.kinds() == "s");
  scene.Say([](ContainerObserver& observer) { observer.OnContainerEmpty(); });
  CHECK(scene.kinds() == "sS");
}

TEST_CASE("what a container answers from inside a call is performed after the actions before it") {
  CommandScene scene;
  LaunchPlan plan;
  // The kill finds everybody at once: death, reap and empty container are told while the kill is being performed.
  plan.on_hard = LeaderExits(9);
  scene.Start(plan);
  scene.command->Stop(StopCause::kCancelled, 0, scene.now());
  scene.EndOutputs();
  CHECK(scene.calls() == "launch hard reap");
  CHECK(scene.kinds() == "sS");
  const auto facts = scene.facts();
  CHECK(facts.forced);
  REQUIRE(facts.cleanup.steps.size() == 1);
  CHECK(facts.cleanup.steps[0].signal == std::string("SIGKILL"));
  // The cleanup budget that the kill had armed must not come back from the dead.
  scene.Pass(60 * kSecond);
  CHECK(scene.kinds() == "sS");
  CHECK(scene.timers.next() == custody::core::kNever);
}

TEST_CASE("a refused spawn settles with its error and gives back every handle") {
  CommandScene scene;
  LaunchPlan plan;
  plan.answer = LaunchPlan::Answer::kIsRefused;
  scene.Start(plan);
  CHECK(scene.kinds() == "S");
  const auto facts = scene.facts();
  CHECK(facts.ending == Ending::kNotStarted);
  CHECK(facts.refused);
  CHECK(facts.failure.code == ENOENT);
  CHECK(facts.failure.operation == std::string("exec"));
  CHECK(scene.command->is_final());
  // Not only when JavaScript lets go of the run: a handle may hold it for long.
  CHECK(scene.platform.open_handles() == 0);
}

TEST_CASE("streams that cannot be opened settle the run without a launch") {
  CommandScene scene;
  scene.platform.refuses_stdio = true;
  scene.Start();
  CHECK(scene.kinds() == "S");
  CHECK(scene.calls().empty());
  CHECK(scene.facts().failure.operation == std::string("pipe"));
}

TEST_CASE("a containment that is required and not there settles the run without opening anything") {
  auto spec = PlainSpec();
  spec.containment = custody::core::ContainmentWish::kStrict;
  spec.containment_required = true;
  CommandScene scene(spec);
  scene.Start();
  CHECK(scene.kinds() == "S");
  CHECK(scene.facts().failure.operation == std::string("containment"));
  CHECK(scene.platform.open_handles() == 0);
}

TEST_CASE("a leader whose status was collected by somebody else is lost, never guessed") {
  CommandScene scene;
  scene.Start();
  scene.EndOutputs();
  scene.Say([](ContainerObserver& observer) { observer.OnLeaderLost({ECHILD, "waitid"}); });
  CHECK(scene.kinds() == "sS");
  const auto facts = scene.facts();
  CHECK(facts.ending == Ending::kLost);
  CHECK(facts.failure.code == ECHILD);
  CHECK(facts.failure.operation == std::string("waitid"));
}

TEST_CASE("a leader stopped by its terminal is told, its deadline stands still until it is resumed") {
  CommandScene scene;
  scene.Start();
  scene.Say([](ContainerObserver& observer) { observer.OnLeaderSuspended(); });
  CHECK(scene.kinds() == "sp");
  scene.Pass(60 * kSecond);
  CHECK(scene.calls() == "launch");
  scene.command->ResumeLeader(scene.now());
  scene.Pass(9 * kSecond);
  CHECK(scene.calls() == "launch resume");
  scene.Pass(2 * kSecond);
  CHECK(scene.calls() == "launch resume soft");
}

TEST_CASE("an answer to the launch that comes later is as good as one from inside the call") {
  CommandScene scene;
  LaunchPlan plan;
  plan.answer = LaunchPlan::Answer::kComesLater;
  scene.Start(plan);
  CHECK(scene.kinds().empty());
  SUBCASE("started") {
    scene.Say([](ContainerObserver& observer) { observer.OnStarted(5, custody::core::MonotonicNow()); });
    scene.EndOutputs();
    scene.Say(LeaderExits(0));
    CHECK(scene.kinds() == "sS");
    CHECK(scene.facts().pid == 5);
  }
  SUBCASE("refused") {
    scene.Say([](ContainerObserver& observer) { observer.OnSpawnFailed({EACCES, "exec"}); });
    CHECK(scene.kinds() == "S");
  }
  SUBCASE("started, after a stop came in between: it is stopped with that cause") {
    scene.command->Stop(StopCause::kCancelled, kSecond, scene.now());
    scene.Say([](ContainerObserver& observer) { observer.OnStarted(5, custody::core::MonotonicNow()); });
    CHECK(scene.calls() == "launch soft");
    scene.EndOutputs();
    scene.Say(LeaderExits(0));
    CHECK(scene.facts().cause == StopCause::kCancelled);
    CHECK_FALSE(scene.facts().forced);
  }
  SUBCASE("refused, after a stop came in between: it was never started, and the cause is kept") {
    scene.command->Stop(StopCause::kCancelled, kSecond, scene.now());
    scene.Say([](ContainerObserver& observer) { observer.OnSpawnFailed({EACCES, "exec"}); });
    CHECK(scene.facts().ending == Ending::kNotStarted);
    CHECK(scene.facts().cause == StopCause::kCancelled);
  }
}
