// The guarded tree when its parts fail: a guardian or shims that were killed, one that cannot be started, no descriptors.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <string>

#include "tree_scene.h"

namespace {

using namespace custody::testing;
using custody::core::CleanupStatus;
using custody::core::ContainmentWish;
using custody::core::Mechanism;
using custody::platform::ReadProcess;

bool Within(const std::function<bool()>& condition) {
  const custody::core::Instant limit = ContainerScene::Now() + 5'000 * custody::core::kNanosPerMilli;
  while (!condition()) {
    if (ContainerScene::Now() > limit) return false;
    ::usleep(500);
  }
  return true;
}

/// Kills processes of ours, found as children a moment before, and waits until they are dead.
void KillAll(const std::vector<pid_t>& pids) {
  for (const pid_t pid : pids) {
    if (pid > 1) ::kill(pid, SIGKILL);
  }
  for (const pid_t pid : pids) REQUIRE(Within([pid] { return !IsAlive(pid); }));
}

/// A run from its start to its confirmed end.
void RunOne(Workshop& workshop, Mechanism wanted = Mechanism::kShim) {
  ContainerScene scene(workshop, TreeSpec({kProbe, "exit-by", "code", "3"}), false);
  REQUIRE(scene.UntilFacts("sx"));
  CHECK(scene.status.value == 3);
  scene.container->ReapLeader(ContainerScene::Now());
  REQUIRE(scene.UntilFacts("sxe"));
  CHECK(scene.container->Report().mechanism == wanted);
}

class PlainObserver final : public custody::platform::ContainerObserver {
 public:
  void OnStarted(std::int64_t /*pid*/, custody::core::Instant /*at*/) override {}
  void OnSpawnFailed(const custody::core::OsError& /*error*/) override {}
  void OnLeaderExited(const custody::core::ExitStatus& /*status*/) override {}
  void OnLeaderLost(const custody::core::OsError& /*error*/) override {}
  void OnContainerEmpty() override {}
  void OnContainerOccupied() override {}
  void OnLeaderSuspended() override {}
  void OnLimitBreached(const custody::core::LimitBreach& /*breach*/) override {}
};

/// The error of a container that is not to be had.
custody::core::OsError RefusalOf(Workshop& workshop, const custody::core::LaunchSpec& spec) {
  PlainObserver observer;
  auto container = workshop.factory->Make(spec, {1, 0}, observer);
  return container.ok() ? custody::core::OsError{} : container.error();
}

}  // namespace

TEST_CASE("a killed guardian costs nothing that runs, and the next run has a new one") {
  TreeWorkshop tree;
  ContainerScene scene(*tree, TreeSpec({kProbe, "leave-behind", "setsid", "stay"}));
  REQUIRE(scene.UntilFacts("s"));
  const pid_t first = Guardian();
  KillAll({first});
  CHECK(IsAlive(static_cast<pid_t>(scene.pid)));
  RunOne(*tree);
  CHECK(Guardian() != 0);
  CHECK(Guardian() != first);
  (void)scene.container->SignalHard(ContainerScene::Now());
  REQUIRE(scene.UntilFacts("sx"));
  scene.container->ReapLeader(ContainerScene::Now());
  REQUIRE(scene.UntilFacts("sxe"));
  CHECK_FALSE(IsAlive(PidAtEndOf(scene.line)));
  CHECK(scene.container->Report().when_empty == CleanupStatus::kConfirmed);
}

TEST_CASE("a killed shim loses the status, and the guardian confirms that its tree is gone") {
  TreeWorkshop tree;
  ContainerScene scene(*tree, TreeSpec({kProbe, "leave-behind", "setsid", "stay"}));
  REQUIRE(scene.UntilFacts("s"));
  KillAll(Shims());
  REQUIRE(scene.Until([&] { return scene.facts.starts_with("sl"); }));
  scene.container->ReapLeader(ContainerScene::Now());
  REQUIRE(scene.Until([&] { return scene.facts.ends_with('e'); }));
  CHECK_FALSE(IsAlive(static_cast<pid_t>(scene.pid)));
  CHECK_FALSE(IsAlive(PidAtEndOf(scene.line)));
  const auto report = scene.container->Report();
  CHECK(report.when_empty == CleanupStatus::kConfirmed);
  CHECK_FALSE(report.leader_reaped);
  RunOne(*tree);
}

TEST_CASE("with guardian and shim killed the group is ended, and nothing is called confirmed") {
  TreeWorkshop tree;
  ContainerScene scene(*tree, TreeSpec({kProbe, "fork-tree", "1", "2", "ignore"}));
  REQUIRE(scene.UntilFacts("s"));
  std::vector<pid_t> both = Shims();
  both.insert(both.begin(), Guardian());
  REQUIRE(both.front() > 1);
  ::kill(both.front(), SIGSTOP);  // it must not see the shims die
  KillAll({both.begin() + 1, both.end()});
  KillAll({both.front()});
  REQUIRE(scene.UntilFacts("sl"));
  scene.container->ReapLeader(ContainerScene::Now());
  REQUIRE(scene.UntilFacts("slo"));
  CHECK(scene.container->Report().survivors.size() == 3);
  CHECK(scene.container->SignalHard(ContainerScene::Now()).has_value());
  REQUIRE(scene.UntilFacts("sloe"));
  CHECK(custody::platform::FindGroupMembers(static_cast<pid_t>(scene.pid)).living.empty());
  CHECK_FALSE(IsAlive(static_cast<pid_t>(scene.pid)));
  CHECK(scene.container->Report().when_empty == CleanupStatus::kUnconfirmed);
  CHECK(scene.container->Report().survivors.empty());
  RunOne(*tree);
}

TEST_CASE("a shim that died while it was idle is passed over") {
  TreeWorkshop tree;
  RunOne(*tree);
  SUBCASE("alone") { KillAll(Shims()); }
  SUBCASE("with its guardian") {
    std::vector<pid_t> all = Shims();
    all.push_back(Guardian());
    KillAll(all);
  }
  RunOne(*tree);
}

TEST_CASE("a launch that a killed shim never read goes to another one") {
  TreeWorkshop tree;
  RunOne(*tree);
  const std::vector<pid_t> shims = Shims();
  REQUIRE(shims.size() == 1);
  ::kill(shims.front(), SIGSTOP);
  REQUIRE(Within([&] { return ReadProcess(shims.front()).state == 'T'; }));
  ContainerScene scene(*tree, TreeSpec({kProbe, "exit-by", "code", "4"}), false);
  KillAll(shims);
  REQUIRE(scene.UntilFacts("sx"));
  CHECK(scene.status.value == 4);
}

TEST_CASE("a guardian that may not be executed where it lies runs from memory") {
  TemporaryFolder folder;
  const std::string copy = folder.Path("guardian");
  std::filesystem::copy_file(CUSTODY_GUARDIAN_FILE, copy);
  ::chmod(copy.c_str(), 0644);
  TreeWorkshop tree(copy);
  RunOne(*tree);
  CHECK(Guardian() != 0);
}

TEST_CASE("without a guardian the default is a group, and what was asked for by name is refused") {
  TreeWorkshop tree("/no/such/guardian");
  RunOne(*tree, Mechanism::kGroup);
  auto spec = TreeSpec({kProbe, "exit-by", "code", "0"});
  spec.containment_required = true;
  CHECK(RefusalOf(*tree, spec).operation == std::string("containment"));
  CHECK(RefusalOf(*tree, spec).code == ENOENT);
}

TEST_CASE("a guardian that ends at once is given up after some starts") {
  TreeWorkshop tree("/bin/true");
  std::string facts;
  // Each launch that is lost on it says so; none is taken for one that ran.
  for (int run = 0; run < 8; ++run) {
    ContainerScene scene(*tree, TreeSpec({kProbe, "exit-by", "code", "0"}), false);
    REQUIRE(scene.Until([&] { return scene.facts == "f" || scene.facts == "sx"; }));
    facts += scene.facts;
    if (scene.facts == "sx") {
      scene.container->ReapLeader(ContainerScene::Now());
      CHECK(scene.container->Report().mechanism == Mechanism::kGroup);
    }
  }
  CHECK(facts.ends_with("sxsxsx"));
  // It closes its end before it can be collected, which is done with the next launch.
  CHECK(Eventually([&] {
    RunOne(*tree, Mechanism::kGroup);
    return !HasChildren();
  }));
}

TEST_CASE("a host without descriptors is told so, and nothing falls back in silence") {
  const int code = InOwnProcess([] {
    TreeWorkshop tree;
    const auto spec = TreeSpec({kProbe, "exit-by", "code", "0"});
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    rlimit few = before;
    few.rlim_cur = 3;
    ::setrlimit(RLIMIT_NOFILE, &few);
    const auto error = RefusalOf(*tree, spec);
    ::setrlimit(RLIMIT_NOFILE, &before);
    if (error.code != EMFILE || std::string_view(error.operation) != "spawn") return 1;
    return RefusalOf(*tree, spec).code == 0 ? 0 : 2;
  });
  CHECK(code == 0);
}
