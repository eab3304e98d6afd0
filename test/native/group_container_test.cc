// A leader in a group of its own, with real processes: order of peek, kill and reap, and what is left behind.
#include "platform/posix/group_container.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <string>

#include "child_process.h"
#include "container_scene.h"
#include "core/launch_spec.h"
#include "platform/posix/process_table.h"

namespace {

using namespace custody::testing;
using custody::core::ExitStatus;
using custody::platform::FindGroupMembers;
using custody::platform::ReadProcess;

pid_t PidOf(const ContainerScene& scene) { return static_cast<pid_t>(scene.pid); }

bool IsZombie(const ContainerScene& scene) { return ReadProcess(PidOf(scene)).state == 'Z'; }

std::size_t CountLiving(const ContainerScene& scene) { return FindGroupMembers(PidOf(scene)).living.size(); }

/// Whether any process runs the probe in group `group`, asked of an oracle that looks many times.
bool IsAnybodyLeft(pid_t group) {
  for (int look = 0; look < 200; ++look) {
    if (!FindGroupMembers(group).living.empty()) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a leader's exit is told before it is reaped, and an empty group right after the reap") {
  ContainerScene scene({kProbe, "exit-by", "code", "7"}, false);
  scene.when_exited = [&] { CHECK(IsZombie(scene)); };
  REQUIRE(scene.UntilFacts("sx"));
  CHECK(scene.status.kind == ExitStatus::Kind::kExited);
  CHECK(scene.status.value == 7);
  CHECK(IsZombie(scene));
  scene.container->ReapLeader(ContainerScene::Now());
  CHECK(scene.facts == "sxe");
  CHECK(ReadProcess(PidOf(scene)).pid == 0);
  const auto report = scene.container->Report();
  CHECK(report.leader_reaped);
  CHECK(report.usage.user_ms >= 0);
  CHECK(report.usage.peak_rss_bytes < 0);
  CHECK(report.survivors.empty());
  CHECK(report.killed.empty());
  CHECK(scene.container->resolved_file() == kProbe);
}

TEST_CASE("a death by signal is not an exit code") {
  ContainerScene scene({kProbe, "exit-by", "signal", "15"}, false);
  REQUIRE(scene.UntilFacts("sx"));
  CHECK(scene.status.kind == ExitStatus::Kind::kSignaled);
  CHECK(scene.status.value == SIGTERM);
  scene.container->ReapLeader(ContainerScene::Now());
}

TEST_CASE("what cannot be started is told from inside the launch, and leaves nothing") {
  const std::size_t descriptors = CountDescriptors();
  {
    ContainerScene scene({"no-such-command-anywhere"}, false);
    CHECK(scene.facts == "f");
    CHECK(scene.error.code == ENOENT);
    CHECK(scene.error.subject == custody::core::ErrorSubject::kExecutable);
    CHECK_FALSE(scene.container->SignalSoft(0).has_value());
    CHECK_FALSE(scene.container->SignalHard(0).has_value());
    scene.container->OnReady(0);
  }
  CHECK_FALSE(HasChildren());
  CHECK(CountDescriptors() == descriptors);
}

TEST_CASE("a killed group is empty before its leader's number is given back") {
  ContainerScene scene({kProbe, "fork-tree", "2", "3", "ignore"});
  CHECK(CountLiving(scene) == 12);
  const auto step = scene.container->SignalHard(ContainerScene::Now());
  REQUIRE(step.has_value());
  CHECK(step->signal == std::string("SIGKILL"));
  CHECK(step->scope == custody::core::SignalScope::kGroup);
  REQUIRE(scene.UntilFacts("sx"));
  scene.container->ReapLeader(ContainerScene::Now());
  REQUIRE(scene.Until([&] { return scene.facts.ends_with('e'); }));
  CHECK(CountLiving(scene) == 0);
}

TEST_CASE("members are looked for while the leader stays a zombie, until there are none") {
  ContainerScene scene({kProbe, "fork-tree", "1", "2", "exit"});
  REQUIRE(scene.UntilFacts("sx"));
  scene.container->Probe(ContainerScene::Now());
  CHECK(scene.facts == "sxo");
  (void)scene.container->SignalSoft(ContainerScene::Now());
  REQUIRE(scene.UntilFacts("sxoe"));
  CHECK(IsZombie(scene));
  CHECK(CountLiving(scene) == 0);
  scene.container->ReapLeader(ContainerScene::Now());
  CHECK(scene.facts == "sxoee");
  CHECK(ReadProcess(PidOf(scene)).pid == 0);
}

TEST_CASE("stragglers of a dead leader are named and ended while it keeps their number") {
  ContainerScene scene({kProbe, "leave-behind", "ignore"});
  const pid_t straggler = PidAtEndOf(scene.line);
  REQUIRE(scene.UntilFacts("sx"));
  scene.container->ReapLeader(ContainerScene::Now());
  CHECK(scene.facts == "sxo");
  CHECK(IsZombie(scene));
  const auto survivors = scene.container->Report().survivors;
  REQUIRE(survivors.size() == 1);
  CHECK(survivors[0].process.pid == straggler);
  CHECK(scene.container->SignalSoft(ContainerScene::Now()).has_value());
  CHECK(ReadProcess(straggler).is_alive());
  CHECK(scene.container->SignalHard(ContainerScene::Now()).has_value());
  REQUIRE(scene.UntilFacts("sxoe"));
  CHECK(ReadProcess(PidOf(scene)).pid == 0);
  const auto report = scene.container->Report();
  CHECK(report.leader_reaped);
  CHECK(report.survivors.empty());
  REQUIRE(report.killed.size() == 1);
  CHECK(report.killed[0].pid == straggler);
}

TEST_CASE("members that a policy keeps outlive the reap, and are then signalled one by one") {
  ContainerScene scene({kProbe, "leave-behind", "ignore"});
  const pid_t straggler = PidAtEndOf(scene.line);
  REQUIRE(scene.UntilFacts("sx"));
  scene.container->ReapLeader(ContainerScene::Now());
  scene.container->KeepMembers();
  CHECK(ReadProcess(PidOf(scene)).pid == 0);
  CHECK(ReadProcess(straggler).is_alive());
  CHECK(scene.container->SignalHard(ContainerScene::Now()).has_value());
  REQUIRE(scene.UntilFacts("sxoe"));
  REQUIRE(scene.container->Report().killed.size() == 1);
  CHECK(scene.container->Report().killed[0].pid == straggler);
}

TEST_CASE("a group that moves on from process to process is not called empty while it lives") {
  ContainerScene scene({kProbe, "comet"}, false);
  REQUIRE(scene.UntilFacts("sx"));
  scene.container->ReapLeader(ContainerScene::Now());
  const custody::core::Instant enough = ContainerScene::Now() + 200 * custody::core::kNanosPerMilli;
  (void)scene.Until([&] { return scene.facts.ends_with('e') || ContainerScene::Now() > enough; });
  CHECK(scene.facts == "sxo");
  CHECK(IsAnybodyLeft(PidOf(scene)));
  (void)scene.container->SignalHard(ContainerScene::Now());
  CHECK(scene.Until([&] { return scene.facts.ends_with('e'); }));
  CHECK_FALSE(IsAnybodyLeft(PidOf(scene)));
  // Its members keep the number ours, so this reaches nobody else.
  while (IsAnybodyLeft(PidOf(scene))) ::kill(-PidOf(scene), SIGKILL);
}

TEST_CASE("after the reap no signal goes to the number") {
  // The number is given to a stranger, as the kernel may do; needs the right to choose the next pid.
  ContainerScene scene({kProbe, "exit-by", "code", "0"}, false);
  REQUIRE(scene.UntilFacts("sx"));
  scene.container->ReapLeader(ContainerScene::Now());
  REQUIRE(scene.facts == "sxe");
  std::ofstream("/proc/sys/kernel/ns_last_pid") << PidOf(scene) - 1;
  const pid_t stranger = ::fork();
  if (stranger == 0) {
    ::setpgid(0, 0);
    ::alarm(20);
    for (;;) ::pause();
  }
  if (stranger == PidOf(scene)) {
    while (::getpgid(stranger) != stranger) ::usleep(100);
    CHECK_FALSE(scene.container->SignalSoft(ContainerScene::Now()).has_value());
    CHECK_FALSE(scene.container->SignalHard(ContainerScene::Now()).has_value());
    CHECK(ReadProcess(stranger).is_alive());
  } else {
    MESSAGE("SKIPPED: the next pid could not be chosen");
  }
  EndChild(stranger);
}

TEST_CASE("a leader that somebody else collected is lost, and its group still watched") {
  ContainerScene scene({kProbe, "leave-behind", "stay"});
  const pid_t straggler = PidAtEndOf(scene.line);
  EndChild(PidOf(scene));  // a host that waits for everybody
  REQUIRE(scene.UntilFacts("sl"));
  CHECK(scene.error.code == ECHILD);
  CHECK(scene.error.operation == std::string("waitid"));
  scene.container->ReapLeader(ContainerScene::Now());
  CHECK(scene.facts == "slo");
  CHECK_FALSE(scene.container->Report().leader_reaped);
  (void)scene.container->SignalHard(ContainerScene::Now());
  REQUIRE(scene.UntilFacts("sloe"));
  CHECK_FALSE(ReadProcess(straggler).is_alive());
}

TEST_CASE("a leader that somebody else collects between the peek and the reap keeps the status that was peeked") {
  ContainerScene scene({kProbe, "exit-by", "code", "7"}, false);
  REQUIRE(scene.UntilFacts("sx"));
  EndChild(PidOf(scene));
  scene.container->ReapLeader(ContainerScene::Now());
  CHECK(scene.facts == "sxe");
  CHECK(scene.status.value == 7);
  CHECK_FALSE(scene.container->Report().leader_reaped);
}

TEST_CASE("a host that ignores SIGCHLD loses the status, not the end") {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  {
    ContainerScene scene({kProbe, "exit-by", "code", "3"}, false);
    CHECK(scene.UntilFacts("sl"));
    CHECK(scene.error.code == ECHILD);
    scene.container->ReapLeader(ContainerScene::Now());
    CHECK(scene.facts == "sle");
  }
  std::signal(SIGCHLD, before);
}

TEST_CASE("a leader that has left its group is ended all the same") {
  ContainerScene scene({CUSTODY_WANDERER_FILE});
  REQUIRE(::getpgid(PidOf(scene)) != PidOf(scene));
  (void)scene.container->SignalHard(ContainerScene::Now());
  const custody::core::Instant enough = ContainerScene::Now() + 500 * custody::core::kNanosPerMilli;
  (void)scene.Until([&] { return scene.facts == "sx" || ContainerScene::Now() > enough; });
  CHECK(scene.facts == "sx");
  EndChild(PidOf(scene));
}
