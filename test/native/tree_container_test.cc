// A leader below a shim, with a real guardian: what is told of a run, what is found and ended, and what is left behind.
#include "platform/linux/tree_container.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "tree_scene.h"

namespace {

using namespace custody::testing;
using custody::core::CleanupStatus;
using custody::core::ContainmentWish;
using custody::core::ExitStatus;
using custody::core::Mechanism;
using custody::core::StragglerPolicy;
using custody::platform::ReadProcess;

}  // namespace

TEST_CASE("a run below a shim is started, exited and confirmed empty, with the usage of the whole tree") {
  TreeWorkshop tree;
  const custody::core::Instant before = ContainerScene::Now();
  ContainerScene scene(*tree, TreeSpec({kProbe, "exit-by", "code", "7"}), false);
  REQUIRE(scene.UntilFacts("sx"));
  CHECK(scene.status.kind == ExitStatus::Kind::kExited);
  CHECK(scene.status.value == 7);
  CHECK(scene.started_at >= before);
  CHECK(scene.started_at <= ContainerScene::Now());
  scene.container->ReapLeader(ContainerScene::Now());
  CHECK(scene.facts == "sxe");
  const auto report = scene.container->Report();
  CHECK(report.mechanism == Mechanism::kShim);
  CHECK(report.when_empty == CleanupStatus::kConfirmed);
  CHECK(report.leader_reaped);
  CHECK(report.usage.whole_tree);
  CHECK(report.usage.processes == 1);
  CHECK(report.usage.peak_rss_bytes > 0);
  CHECK(report.survivors.empty());
  CHECK(report.killed.empty());
  CHECK(scene.container->resolved_file() == kProbe);
}

TEST_CASE("D-40: a run has begun when its leader did, however late the host hears of it") {
  TreeWorkshop tree;
  ContainerScene scene(*tree, TreeSpec({kProbe, "wait"}));
  const custody::core::Instant has_spoken = ContainerScene::Now();
  ::usleep(50'000);  // this is the lateness
  REQUIRE(scene.UntilFacts("s"));
  CHECK(scene.started_at <= has_spoken);
}

TEST_CASE("a death by signal is not an exit code, below a shim either") {
  TreeWorkshop tree;
  ContainerScene scene(*tree, TreeSpec({kProbe, "exit-by", "signal", "15"}), false);
  REQUIRE(scene.UntilFacts("sx"));
  CHECK(scene.status.kind == ExitStatus::Kind::kSignaled);
  CHECK(scene.status.value == SIGTERM);
}

TEST_CASE("one shim serves one run after the other, and goes with the workshop without a zombie") {
  const std::size_t descriptors = CountDescriptors();
  {
    TreeWorkshop tree;
    std::vector<pid_t> shims;
    for (int run = 0; run < 3; ++run) {
      ContainerScene scene(*tree, TreeSpec({kProbe, "exit-by", "code", "0"}), false);
      REQUIRE(scene.UntilFacts("sx"));
      scene.container->ReapLeader(ContainerScene::Now());
      CHECK(scene.facts == "sxe");
      if (run == 0) shims = Shims();
    }
    CHECK(shims.size() == 1);
    CHECK(Shims() == shims);
  }
  CHECK(Guardians().empty());
  CHECK_FALSE(HasChildren());
  CHECK(CountDescriptors() == descriptors);
}

TEST_CASE("a command that runs long keeps its shim, and idle shims beyond a few are let go") {
  TreeWorkshop tree;
  {
    std::vector<std::unique_ptr<ContainerScene>> scenes;
    for (int run = 0; run < 7; ++run) {
      scenes.push_back(std::make_unique<ContainerScene>(*tree, TreeSpec({kProbe, "wait"})));
    }
    CHECK(Shims().size() == 7);
    for (const auto& scene : scenes) {
      REQUIRE(scene->Until([&] { return scene->facts == "s"; }));
      (void)scene->container->SignalHard(ContainerScene::Now());
      REQUIRE(scene->UntilFacts("sx"));
      scene->container->ReapLeader(ContainerScene::Now());
      REQUIRE(scene->UntilFacts("sxe"));
    }
  }
  const custody::core::Instant limit = ContainerScene::Now() + 5'000 * custody::core::kNanosPerMilli;
  while (Shims().size() > custody::core::kIdleShimsPerLane && ContainerScene::Now() < limit) ::usleep(1'000);
  CHECK(Shims().size() == custody::core::kIdleShimsPerLane);
}

TEST_CASE("what cannot be started says why, and its shim serves the next run") {
  TreeWorkshop tree;
  TemporaryFolder folder;
  {
    ContainerScene scene(*tree, TreeSpec({"no-such-command-anywhere"}), false);
    CHECK(scene.facts == "f");
    CHECK(scene.error.code == ENOENT);
    CHECK(scene.error.subject == custody::core::ErrorSubject::kExecutable);
  }
  {
    const std::string script = folder.Write("script", "#!/no/such/interpreter\n", 0755);
    ContainerScene scene(*tree, TreeSpec({script}), false);
    REQUIRE(scene.UntilFacts("f"));
    CHECK(scene.error.code == ENOENT);
    CHECK(scene.error.subject == custody::core::ErrorSubject::kInterpreter);
  }
  {
    auto spec = TreeSpec({kProbe, "exit-by", "code", "0"});
    spec.cwd = "/no/such/directory";
    ContainerScene scene(*tree, spec, false);
    REQUIRE(scene.UntilFacts("f"));
    CHECK(scene.error.operation == std::string("chdir"));
    CHECK(scene.error.subject == custody::core::ErrorSubject::kCwd);
  }
  ContainerScene scene(*tree, TreeSpec({kProbe, "exit-by", "code", "0"}), false);
  REQUIRE(scene.UntilFacts("sx"));
  CHECK(Shims().size() == 1);
}

TEST_CASE("an environment too large for a datagram arrives whole") {
  TreeWorkshop tree;
  auto spec = TreeSpec({"/bin/sh", "-c", "echo ${#FIRST} ${#LAST}"});
  spec.environment_set = "FIRST=" + std::string(100'000, 'a') + '\0' + "LAST=" + std::string(60'000, 'b') + '\0';
  ContainerScene scene(*tree, spec);
  CHECK(scene.line == "100000 60000\n");
}

TEST_CASE("a relative directory is the host's, wherever the guardian stands") {
  TreeWorkshop tree;
  auto spec = TreeSpec({"/bin/sh", "-c", "pwd -P"});
  ContainerScene here(*tree, spec);
  CHECK(here.line == std::filesystem::current_path().string() + "\n");
  TemporaryFolder folder;
  std::filesystem::create_directory(folder.Path("below"));
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  spec.cwd = "below";
  ContainerScene below(*tree, spec);
  std::filesystem::current_path(before);
  CHECK(below.line == folder.Path("below") + "\n");
}

TEST_CASE("whoever left the group by setsid is found, asked, killed and named") {
  TreeWorkshop tree;
  ContainerScene scene(*tree, TreeSpec({kProbe, "leave-behind", "setsid", "ignore"}));
  const pid_t escaped = PidAtEndOf(scene.line);
  REQUIRE(scene.UntilFacts("sx"));
  scene.container->ReapLeader(ContainerScene::Now());
  REQUIRE(scene.UntilFacts("sxo"));
  REQUIRE(scene.container->Report().survivors.size() == 1);
  CHECK(scene.container->Report().survivors[0].process.pid == escaped);
  const auto soft = scene.container->SignalSoft(ContainerScene::Now());
  REQUIRE(soft.has_value());
  CHECK(soft->scope == custody::core::SignalScope::kTree);
  CHECK(scene.container->SignalHard(ContainerScene::Now()).has_value());
  REQUIRE(scene.UntilFacts("sxoe"));
  CHECK_FALSE(IsAlive(escaped));
  const auto report = scene.container->Report();
  CHECK(report.survivors.empty());
  REQUIRE(report.killed.size() == 1);
  CHECK(report.killed[0].pid == escaped);
  CHECK(report.usage.processes == 2);
  CHECK_FALSE(scene.container->SignalHard(ContainerScene::Now()).has_value());
}

TEST_CASE("members that are reported stay ours, those that are left outlive everything") {
  TreeWorkshop tree;
  auto spec = TreeSpec({kProbe, "leave-behind", "setsid"});
  spec.plan.stragglers = StragglerPolicy::kReport;
  ContainerScene reported(*tree, spec);
  REQUIRE(reported.UntilFacts("sx"));
  reported.container->ReapLeader(ContainerScene::Now());
  REQUIRE(reported.UntilFacts("sxo"));
  reported.container->KeepMembers();
  CHECK(IsAlive(PidAtEndOf(reported.line)));
  spec.plan.stragglers = StragglerPolicy::kLeave;
  pid_t left = 0;
  {
    TreeWorkshop other;
    ContainerScene scene(*other, spec);
    left = PidAtEndOf(scene.line);
    REQUIRE(scene.UntilFacts("sx"));
    scene.container->ReapLeader(ContainerScene::Now());
    REQUIRE(scene.UntilFacts("sxo"));
    scene.container->KeepMembers();
  }
  CHECK(IsAlive(left));
  EndStranger(left);
  (void)reported.container->SignalHard(ContainerScene::Now());
  REQUIRE(reported.UntilFacts("sxoe"));
  CHECK_FALSE(IsAlive(PidAtEndOf(reported.line)));
}

TEST_CASE("a namespace holds its leader as its second process and serves one run") {
  TreeWorkshop tree;
  auto spec = SpecFor({"/bin/sh", "-c", "echo $$; sleep 0.1"}, ContainmentWish::kStrict);
  spec.containment_required = true;
  ContainerScene scene(*tree, spec);
  CHECK(scene.line == "2\n");
  REQUIRE(scene.Until([&] { return scene.facts == "sx" || scene.facts == "f"; }));
  scene.container->ReapLeader(ContainerScene::Now());
  REQUIRE(scene.UntilFacts("sxe"));
  CHECK(scene.pid > 2);
  CHECK(scene.container->Report().mechanism == Mechanism::kNamespace);
}

TEST_CASE("a detached leader has a session of its own, is never signalled, and leaves no zombie") {
  Workshop workshop;
  auto spec = SpecFor({kProbe, "sleep", "50"}, ContainmentWish::kNone);
  ContainerScene scene(workshop, spec, false);
  CHECK(scene.facts == "s");
  CHECK(::getsid(static_cast<pid_t>(scene.pid)) == scene.pid);
  CHECK_FALSE(scene.container->SignalSoft(ContainerScene::Now()).has_value());
  CHECK_FALSE(scene.container->SignalHard(ContainerScene::Now()).has_value());
  REQUIRE(scene.UntilFacts("sx"));
  scene.container->ReapLeader(ContainerScene::Now());
  CHECK(scene.facts == "sxe");
  CHECK_FALSE(HasChildren());
}
