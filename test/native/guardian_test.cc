// The guardian program with real commands. Who is alive is decided by looking for the payload's executable in /proc.
#include <algorithm>

#include "guardian_scene.h"

namespace {

using namespace custody::testing;
using wire::MessageType;

struct Escape {
  const char* role;
  std::size_t processes;
};
constexpr Escape kEscapes[] = {{"stay", 1},  {"grandchild", 2}, {"ignore", 2}, {"setsid", 2}, {"setpgid", 2},
                               {"vfork", 2}, {"daemon", 2},     {"comet", 1},  {"storm", 60}};

}  // namespace

TEST_CASE("a short command is one message: its status, its usage, and that nothing is left") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  for (int round = 0; round < 5; ++round) {
    REQUIRE(shim.Launch({{payload.path(), "true"}}));
    const Message message = shim.Until(MessageType::kExited);
    const auto& exited = message.As<wire::Exited>();
    CHECK(exited.tree.empty == 1);
    CHECK(exited.tree.header.run == shim.run);
    CHECK(exited.status == 0);
    CHECK(exited.lost == 0);
    CHECK(exited.pid > 1);
    CHECK(exited.tree.usage.processes == 1);
    CHECK(exited.tree.usage.peak_rss_bytes > 0);
    CHECK(exited.ended_ns > exited.started_ns);
    CHECK(shim.IsSilent());
  }
  CHECK(scene.Shims().size() == 1);
}

TEST_CASE("a kill ends everything, whatever it does to get away, and is confirmed only when it is so") {
  for (const Escape& escape : kEscapes) {
    SUBCASE(escape.role) {
      const Payload payload;
      const GuardianScene scene;
      ShimEnd shim = scene.OpenShim();
      REQUIRE(shim.Launch({{payload.path(), escape.role}}));
      REQUIRE(payload.UntilAlive(escape.processes));
      shim.Say(MessageType::kKill);
      Message message = shim.Until(MessageType::kExited);
      if (message.As<wire::Exited>().tree.empty == 0) message = shim.Until(MessageType::kEmpty);
      CHECK(payload.Alive().empty());
      // The shim takes the next command.
      REQUIRE(shim.Launch({{payload.path(), "true"}}));
      CHECK(shim.Until(MessageType::kExited).As<wire::Exited>().tree.empty == 1);
    }
  }
}

TEST_CASE("everything ends when the host lets go of the shim") {
  for (const Escape& escape : kEscapes) {
    SUBCASE(escape.role) {
      const Payload payload;
      const GuardianScene scene;
      ShimEnd shim = scene.OpenShim();
      REQUIRE(shim.Launch({{payload.path(), escape.role}}));
      REQUIRE(payload.UntilAlive(escape.processes));
      shim.Close();
      CHECK(payload.UntilNone());
      CHECK(Eventually([&] { return scene.Shims().empty(); }));
    }
  }
}

TEST_CASE("a finished leader's daemon is reported as there, and named when it was ended") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  REQUIRE(shim.Launch({{payload.path(), "leave-daemon"}}));
  const Message message = shim.Until(MessageType::kExited);
  CHECK(WEXITSTATUS(message.As<wire::Exited>().status) == 7);
  CHECK(message.As<wire::Exited>().tree.empty == 0);
  const pid_t daemon = payload.UntilDaemon();
  shim.Say(MessageType::kProbe);
  const Message occupied = shim.Until(MessageType::kOccupied);
  REQUIRE(occupied.Records().size() == 1);
  CHECK(occupied.Records()[0].pid == daemon);
  SUBCASE("killed") { shim.Say(MessageType::kKill); }
  SUBCASE("asked to end") { shim.Signal(SIGTERM); }
  const Message empty = shim.Until(MessageType::kEmpty);
  CHECK(payload.Alive().empty());
  REQUIRE(empty.Records().size() == 1);
  CHECK(empty.Records()[0].pid == daemon);
  CHECK(std::string(empty.Records()[0].name) == "escapee");
}

TEST_CASE("a leader that ends when it is asked has those asked that left its group") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  REQUIRE(shim.Launch({{payload.path(), "setsid"}}));
  REQUIRE(payload.UntilAlive(2));
  REQUIRE(Eventually([&] {
    const std::vector<pid_t> alive = payload.Alive();
    return std::any_of(alive.begin(), alive.end(), [](pid_t pid) { return ::getsid(pid) == pid; });
  }));
  shim.Signal(SIGTERM);
  (void)shim.UntilOver();
  CHECK(payload.Alive().empty());
}

TEST_CASE("what was let go outlives the host's end of everything") {
  const Payload payload;
  GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  REQUIRE(shim.Launch({{payload.path(), "leave-daemon"}}));
  REQUIRE(shim.Until(MessageType::kExited).As<wire::Exited>().tree.empty == 0);
  (void)payload.UntilDaemon();
  shim.Keep(wire::KeepMode::kLetGo);
  shim.Close();
  scene.Close();
  CHECK(scene.WaitForEnd() == 0);
  CHECK(payload.Alive().size() == 1);
}

TEST_CASE("a host's last word counts: what it let go is not ended by its death") {
  const Payload payload;
  const int code = InOwnProcess([&] {
    const GuardianScene scene;
    ShimEnd shim = scene.OpenShim();
    shim.Launch({{payload.path(), "leave-daemon"}});
    (void)payload.UntilDaemon();
    // Stopped, the shim finds the word and the death at once.
    const pid_t stopped = scene.OnlyShim();
    ::kill(stopped, SIGSTOP);
    if (!Eventually([&] { return StatusOf(stopped, "State").starts_with("T"); })) return 1;
    shim.Keep(wire::KeepMode::kLetGo);
    ::kill(::getpid(), SIGKILL);
    return 0;
  });
  CHECK(code == 1000 + SIGKILL);
  // The guardian wakes the shim, now that the host is gone. Meanwhile another runs from start to end.
  const Payload other;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  REQUIRE(shim.Launch({{other.path(), "true"}}));
  (void)shim.UntilOver();
  CHECK(payload.Alive().size() == 1);
}

TEST_CASE("the guardian takes over from a shim that was killed") {
  for (const Escape& escape : kEscapes) {
    SUBCASE(escape.role) {
      const Payload payload;
      const GuardianScene scene;
      ShimEnd other = scene.OpenShim();
      ShimEnd shim = scene.OpenShim();
      REQUIRE(other.Launch({{payload.path(), "true"}}));
      (void)other.Until(MessageType::kExited);
      const Payload bystander;
      REQUIRE(other.Launch({{bystander.path(), "stay"}}));
      REQUIRE(bystander.UntilAlive(1));
      REQUIRE(shim.Launch({{payload.path(), escape.role}}));
      REQUIRE(payload.UntilAlive(escape.processes));
      REQUIRE(scene.Shims().size() == 2);
      for (const pid_t pid : scene.Shims()) {
        const std::string id = std::to_string(pid);
        const std::string children = TextOf("/proc/" + id + "/task/" + id + "/children");
        if (children.find(std::to_string(bystander.Only())) == std::string::npos) ::kill(pid, SIGKILL);
      }
      Message lost = shim.Until(MessageType::kShimLost);
      while (lost.As<wire::Tree>().empty == 0) lost = shim.Until(MessageType::kShimLost);
      CHECK(payload.Alive().empty());
      CHECK(bystander.Alive().size() == 1);
      CHECK(shim.Next().is_end());
    }
  }
}

TEST_CASE("shims go on when the guardian is killed") {
  const Payload payload;
  GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  REQUIRE(shim.Launch({{payload.path(), "daemon"}}));
  REQUIRE(payload.UntilAlive(2));
  ::kill(scene.pid(), SIGKILL);
  CHECK(scene.WaitForEnd() == 1000 + SIGKILL);
  shim.Say(MessageType::kKill);
  Message message = shim.Until(MessageType::kExited);
  if (message.As<wire::Exited>().tree.empty == 0) message = shim.Until(MessageType::kEmpty);
  CHECK(payload.Alive().empty());
}
