// How runs end that do not end by themselves: stops, deadlines, what is left behind, what cannot be ended.
#include <doctest/doctest.h>

#include <string>

#include "command_scene.h"
#include "engine/command.h"

namespace {

using namespace custody::testing;
using custody::core::CleanupStatus;
using custody::core::Ending;
using custody::core::ResourceLimit;
using custody::core::StopCause;
using custody::core::StragglerPolicy;
using custody::platform::ContainerObserver;

void SayEmpty(ContainerObserver& observer) { observer.OnContainerEmpty(); }

custody::core::LaunchSpec SpecWith(StragglerPolicy policy) {
  custody::core::LaunchSpec spec = PlainSpec();
  spec.plan.stragglers = policy;
  return spec;
}

LaunchPlan Answering(LaunchPlan::Members members) {
  LaunchPlan plan;
  plan.members = members;
  return plan;
}

}  // namespace

TEST_CASE("a stop while queued settles without a launch") {
  CommandScene scene;
  scene.command->Stop(StopCause::kCancelled, kSecond, scene.now());
  CHECK(scene.kinds() == "S");
  scene.Start();
  CHECK_FALSE(scene.platform.container_exists(kId));
  CHECK(scene.platform.open_handles() == 0);
  CHECK(scene.facts().ending == Ending::kNotStarted);
  CHECK_FALSE(scene.facts().refused);
  CHECK(scene.facts().cause == StopCause::kCancelled);
}

TEST_CASE("a deadline asks, waits the grace period, then kills") {
  CommandScene scene;
  scene.Start();
  scene.Pass(9 * kSecond);
  CHECK(scene.calls() == "launch");
  scene.Pass(2 * kSecond);
  CHECK(scene.calls() == "launch soft");
  scene.Pass(kSecond);
  CHECK(scene.calls() == "launch soft");
  scene.Pass(kSecond + 1);
  CHECK(scene.calls() == "launch soft hard");
  scene.EndOutputs();
  scene.Say(LeaderExits(0));
  CHECK(scene.facts().cause == StopCause::kTimeout);
  CHECK(scene.facts().forced);
  CHECK(scene.facts().cleanup.steps.size() == 2);
}

TEST_CASE("output puts the idle limit off, silence does not") {
  auto spec = PlainSpec();
  spec.plan.idle = 3 * kSecond;
  CommandScene scene(spec);
  scene.Start();
  for (int i = 0; i < 3; ++i) {
    scene.Pass(2 * kSecond);
    scene.Output(1, ".");
  }
  CHECK(scene.calls() == "launch");
  scene.Pass(2 * kSecond);
  CHECK(scene.calls() == "launch");
  scene.Pass(kSecond + 1);
  CHECK(scene.calls() == "launch soft");
  CHECK(scene.run->phase.load() == custody::core::RunPhase::kStopping);
}

TEST_CASE("more output than allowed stops the run with that cause") {
  auto spec = PlainSpec();
  spec.output_limit_bytes = 100;
  CommandScene scene(spec);
  scene.Start();
  scene.Output(1, std::string(100, 'x'));
  CHECK(scene.calls() == "launch");
  scene.Output(1, "y");
  CHECK(scene.calls() == "launch soft");
  scene.EndOutputs();
  scene.Say(LeaderExits(0));
  CHECK(scene.facts().cause == StopCause::kOutputLimit);
}

TEST_CASE("a release before the run has settled kills it, and it goes once it is final") {
  CommandScene scene;
  scene.Start();
  scene.command->Release(scene.now());
  CHECK(scene.calls() == "launch hard");
  CHECK_FALSE(scene.command->can_be_deleted());
  scene.EndOutputs();
  scene.Say(LeaderExits(0));
  CHECK(scene.command->can_be_deleted());
}

TEST_CASE("the container of a stopped run is emptied while its leader stays unreaped") {
  CommandScene scene;
  scene.Start(Answering(LaunchPlan::Members::kUntold));
  scene.command->Stop(StopCause::kCancelled, kSecond, scene.now());
  scene.EndOutputs();
  scene.Say(LeaderExits(0));
  CHECK(scene.calls() == "launch soft probe");
  SUBCASE("the others end in their grace period") {
    scene.Say(SayEmpty);
    CHECK(scene.calls() == "launch soft probe reap");
    scene.Say(SayEmpty);
    CHECK(scene.kinds() == "sS");
    CHECK_FALSE(scene.facts().forced);
  }
  SUBCASE("the others have to be killed, which is before the reap") {
    scene.Pass(kSecond + 1);
    CHECK(scene.calls() == "launch soft probe hard reap");
    scene.Say(SayEmpty);
    CHECK(scene.kinds() == "sS");
    // The leader itself ended when asked.
    CHECK_FALSE(scene.facts().forced);
  }
}

TEST_CASE("stragglers of a finished leader are waited for, asked, killed") {
  CommandScene scene;
  scene.Start(Answering(LaunchPlan::Members::kSome));
  scene.EndOutputs();
  scene.Say(LeaderExits(0));
  CHECK(scene.calls() == "launch reap");
  scene.Pass(kSecond / 10 + 1);
  CHECK(scene.calls() == "launch reap soft");
  scene.Pass(kSecond / 10 + 1);
  CHECK(scene.calls() == "launch reap soft hard");
  CHECK(scene.kinds() == "s");
  scene.Say(SayEmpty);
  CHECK(scene.kinds() == "sS");
  CHECK(scene.facts().cause == StopCause::kNone);
  CHECK(scene.facts().ending == Ending::kEnded);
}

TEST_CASE("stragglers that a policy keeps let the run settle") {
  SUBCASE("report: they stay in custody, and their end is told") {
    CommandScene scene(SpecWith(StragglerPolicy::kReport));
    scene.Start(Answering(LaunchPlan::Members::kSome));
    scene.EndOutputs();
    scene.Say(LeaderExits(0));
    CHECK(scene.kinds() == "sS");
    CHECK(scene.facts().cleanup.status == CleanupStatus::kKept);
    CHECK_FALSE(scene.command->is_final());
    CHECK(scene.calls() == "launch reap keep");
    SUBCASE("when they end by themselves") {
      scene.Say(SayEmpty);
      CHECK(scene.kinds() == "sSC");
      CHECK(scene.facts().cleanup.status == CleanupStatus::kConfirmedGroupOnly);
      CHECK(scene.command->is_final());
    }
    SUBCASE("when a stop ends them") {
      scene.command->Stop(StopCause::kHostExit, 0, scene.now());
      CHECK(scene.calls().ends_with("hard"));
      scene.Say(SayEmpty);
      CHECK(scene.kinds() == "sSC");
    }
  }
  SUBCASE("leave: they are let go of") {
    CommandScene scene(SpecWith(StragglerPolicy::kLeave));
    scene.Start(Answering(LaunchPlan::Members::kSome));
    scene.EndOutputs();
    scene.Say(LeaderExits(0));
    CHECK(scene.facts().cleanup.status == CleanupStatus::kKept);
    CHECK(scene.command->is_final());
    scene.command->Stop(StopCause::kHostExit, 0, scene.now());
    CHECK(scene.calls() == "launch reap keep");
  }
}

TEST_CASE("the end of the host during the drain ends the stragglers that a policy keeps in custody") {
  CommandScene scene(SpecWith(StragglerPolicy::kReport));
  scene.Start(Answering(LaunchPlan::Members::kSome));
  scene.Say(LeaderExits(0));
  REQUIRE(scene.kinds() == "s");  // draining: a straggler holds the pipes
  scene.command->Stop(StopCause::kHostExit, 0, scene.now());
  scene.Pass(kSecond);
  CHECK(scene.calls().ends_with("hard"));
  scene.Say(SayEmpty);
  CHECK(scene.command->is_final());
}

TEST_CASE("a run whose container cannot be emptied settles as unconfirmed and is upgraded when the rest dies") {
  CommandScene scene;
  scene.Start(Answering(LaunchPlan::Members::kUntold));
  scene.EndOutputs();
  scene.command->Stop(StopCause::kTimeout, 0, scene.now());
  SUBCASE("the leader itself lives on") {
    scene.Pass(5 * kSecond + 1);
    CHECK(scene.kinds() == "sS");
    CHECK(scene.facts().ending == Ending::kLost);
    CHECK(scene.facts().forced);
    CHECK(scene.facts().cleanup.status == CleanupStatus::kUnconfirmed);
    CHECK(scene.command->gave_up());
    CHECK_FALSE(scene.command->is_final());
    scene.Say(LeaderExits(0));
    CHECK(scene.calls() == "launch hard reap");
    scene.Say(SayEmpty);
    CHECK(scene.kinds() == "sSC");
    CHECK(scene.command->is_final());
    // What the run was stays as it was told.
    CHECK(scene.facts().ending == Ending::kLost);
    CHECK(scene.facts().cleanup.status == CleanupStatus::kConfirmedGroupOnly);
  }
  SUBCASE("only others live on") {
    scene.Say(LeaderExits(0));
    scene.Pass(5 * kSecond + 1);
    CHECK(scene.kinds() == "sS");
    CHECK(scene.facts().ending == Ending::kEnded);
    CHECK(scene.facts().cleanup.status == CleanupStatus::kUnconfirmed);
    scene.Say(SayEmpty);
    CHECK(scene.kinds() == "sSC");
    CHECK(scene.command->is_final());
  }
  SUBCASE("a released one stays watched until then, and keeps no memory") {
    scene.Say(LeaderExits(0));
    scene.command->Release(scene.now());
    scene.Pass(5 * kSecond + 1);
    CHECK_FALSE(scene.command->can_be_deleted());
    scene.Say(SayEmpty);
    CHECK(scene.command->can_be_deleted());
  }
}

TEST_CASE("a second stop never changes the cause, and can only harden the plan") {
  CommandScene scene;
  scene.Start();
  scene.command->Stop(StopCause::kCancelled, 2 * kSecond, scene.now());
  scene.command->Stop(StopCause::kHostExit, 60 * kSecond, scene.now());
  CHECK(scene.calls() == "launch soft");
  scene.command->Stop(StopCause::kHostExit, 0, scene.now());
  CHECK(scene.calls() == "launch soft hard");
  scene.EndOutputs();
  scene.Say(LeaderExits(0));
  CHECK(scene.facts().cause == StopCause::kCancelled);
}

TEST_CASE("an exceeded limit kills at once, and the first one is told") {
  CommandScene scene;
  scene.Start();
  scene.Say([](ContainerObserver& observer) {
    observer.OnLimitBreached({ResourceLimit::kMemoryBytes, 70, 60});
    observer.OnLimitBreached({ResourceLimit::kCpuTimeMs, 7, 6});
  });
  CHECK(scene.calls() == "launch hard");
  scene.EndOutputs();
  scene.Say(LeaderExits(0));
  CHECK(scene.facts().cause == StopCause::kResourceLimit);
  CHECK(scene.facts().forced);
  CHECK(scene.facts().breach.limit == ResourceLimit::kMemoryBytes);
  CHECK(scene.facts().breach.used == 70);
  CHECK(scene.facts().breach.allowed == 60);
}

TEST_CASE("a limit that is exceeded in the grace period of a stop hardens it, and the cause stays") {
  CommandScene scene;
  scene.Start();
  scene.command->Stop(StopCause::kCancelled, kSecond, scene.now());
  scene.Say([](ContainerObserver& observer) { observer.OnLimitBreached({ResourceLimit::kMaxProcesses, 4, 3}); });
  CHECK(scene.calls() == "launch soft hard");
  scene.EndOutputs();
  scene.Say(LeaderExits(0));
  CHECK(scene.facts().cause == StopCause::kCancelled);
  CHECK(scene.facts().breach.limit == ResourceLimit::kMaxProcesses);
}

TEST_CASE("a limit that the container does not hold is told, or refused before a launch") {
  custody::core::LaunchSpec spec = PlainSpec();
  spec.limits.memory_bytes = 1;
  spec.limits.file_bytes = 1;
  constexpr std::uint8_t kMemoryAndFile = 0b10001;
  SUBCASE("told") {
    CommandScene scene(spec);
    scene.Start();
    scene.EndOutputs();
    scene.Say(LeaderExits(0));
    CHECK(scene.facts().ending == Ending::kEnded);
    CHECK(scene.facts().unenforced.bits() == kMemoryAndFile);
  }
  SUBCASE("refused") {
    spec.strict_limits = true;
    CommandScene scene(spec);
    scene.Start();
    CHECK(scene.kinds() == "S");
    CHECK(scene.facts().ending == Ending::kNotStarted);
    CHECK(std::string(scene.facts().failure.operation) == "limits");
    CHECK(scene.facts().unenforced.bits() == kMemoryAndFile);
    CHECK(scene.platform.open_handles() == 0);
  }
}
