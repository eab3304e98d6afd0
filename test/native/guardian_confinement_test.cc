// Namespaces, cgroups, other users, and processes that cannot be ended.
#include "core/receipt.h"
#include "guardian_scene.h"

namespace {

using namespace custody::testing;
using wire::MessageType;

constexpr uid_t kNobody = 65534;
constexpr const char* kConfinedRoles[] = {"ignore", "setsid", "daemon", "comet", "storm", "leave-daemon"};

/// What `custody-guardian --probe` says about `name`.
std::string Probe(const std::string& name) {
  const std::string command = std::string(GuardianProgram()) + " --probe";
  FILE* const output = ::popen(command.c_str(), "r");
  REQUIRE(output != nullptr);
  std::string value = "not printed";
  std::array<char, 256> line{};
  while (std::fgets(line.data(), line.size(), output) != nullptr) {
    const std::string text(line.data());
    if (text.starts_with(name + "=")) value = text.substr(name.size() + 1, text.size() - name.size() - 2);
  }
  ::pclose(output);
  return value;
}

/// Runs a role, waits until it is there, kills it, and checks that nothing is left when the shim says so.
void RunAndKill(const GuardianScene& scene, wire::ShimKind kind, bool use_cgroup, wire::WireMechanism mechanism) {
  for (const char* role : kConfinedRoles) {
    INFO(role);
    const Payload payload;
    ShimEnd shim = scene.OpenShim(kind, use_cgroup);
    REQUIRE(shim.Launch({{payload.path(), role}}));
    REQUIRE(payload.UntilAlive(1));
    shim.Say(MessageType::kKill);
    const Message over = shim.UntilOver();
    CHECK(payload.Alive().empty());
    CHECK(over.As<wire::Tree>().mechanism == mechanism);
  }
}

}  // namespace

TEST_CASE("the probe says one word about each fact") {
  CHECK(Probe("subreaper") == "ok");
  CHECK(Probe("pidfd") == "ok");
  CHECK(Probe("children_file") == "ok");
  for (const char* name : {"cgroup", "cgroup_controllers", "namespace"}) CHECK(Probe(name) != "not printed");
}

TEST_CASE("a namespace holds everything, for root and for others") {
  if (Probe("namespace") != "ok") {
    MESSAGE("SKIPPED: namespace=" << Probe("namespace"));
    return;
  }
  for (const bool is_nobody : {false, true}) {
    if (is_nobody && ::geteuid() != 0) continue;
    SUBCASE(is_nobody ? "nobody" : "ourselves") {
      const uid_t uid = is_nobody ? kNobody : ::geteuid();
      const GuardianScene scene(is_nobody ? kNobody : GuardianScene::kOurs);
      RunAndKill(scene, wire::ShimKind::kNamespace, false, wire::WireMechanism::kNamespace);
      const Payload payload;
      ShimEnd first = scene.OpenShim(wire::ShimKind::kNamespace);
      REQUIRE(first.Launch({{payload.path(), "is-first"}}));
      CHECK(WEXITSTATUS(first.UntilOver().As<wire::Exited>().status) == 6);
      // It serves one run, then it is gone.
      CHECK(Eventually([&] { return scene.Shims().empty(); }));
      ShimEnd second = scene.OpenShim(wire::ShimKind::kNamespace);
      REQUIRE(second.Launch({{payload.path(), "ids", std::to_string(uid)}}));
      CHECK(WEXITSTATUS(second.UntilOver().As<wire::Exited>().status) == 6);
      ShimEnd third = scene.OpenShim(wire::ShimKind::kNamespace);
      REQUIRE(third.Launch({{payload.path(), "leave-daemon"}}));
      const Message exited = third.Until(MessageType::kExited);
      (void)payload.UntilDaemon();
      third.Signal(SIGTERM);
      const Message empty = third.UntilOver();
      CHECK(payload.Alive().empty());
      REQUIRE(empty.Records().size() == 1);
      CHECK(std::string(empty.Records()[0].name) == "escapee");
      ShimEnd fourth = scene.OpenShim(wire::ShimKind::kNamespace);
      REQUIRE(fourth.Launch({{payload.path(), "daemon"}}));
      REQUIRE(payload.UntilAlive(2));
      const auto started = fourth.Until(MessageType::kStarted).As<wire::Started>().pid;
      const std::vector<pid_t> alive = payload.Alive();
      CHECK(std::find(alive.begin(), alive.end(), static_cast<pid_t>(started)) != alive.end());
      fourth.Close();
      CHECK(payload.UntilNone());
    }
  }
}

TEST_CASE("a namespace goes with its shim") {
  if (Probe("namespace") != "ok") return;
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim(wire::ShimKind::kNamespace);
  REQUIRE(shim.Launch({{payload.path(), "daemon"}}));
  REQUIRE(payload.UntilAlive(2));
  ::kill(scene.OnlyShim(), SIGKILL);
  CHECK(shim.Until(MessageType::kShimLost).As<wire::Tree>().empty == 1);
  CHECK(payload.Alive().empty());
}

TEST_CASE("a cgroup leaf holds each run and goes with it") {
  if (Probe("cgroup") != "ok") {
    MESSAGE("SKIPPED: cgroup=" << Probe("cgroup"));
    return;
  }
  const GuardianScene scene;
  RunAndKill(scene, wire::ShimKind::kTree, true, wire::WireMechanism::kShimCgroup);
  const Payload payload;
  ShimEnd shim = scene.OpenShim(wire::ShimKind::kTree, true);
  for (int round = 0; round < 3; ++round) {
    REQUIRE(shim.Launch({{payload.path(), "leave-daemon"}}));
    REQUIRE(shim.Until(MessageType::kExited).As<wire::Tree>().empty == 0);
    const std::string cgroup = TextOf("/proc/" + std::to_string(payload.UntilDaemon()) + "/cgroup");
    CHECK(cgroup.find("custody-" + std::to_string(scene.OnlyShim()) + "-") != std::string::npos);
    shim.Say(MessageType::kKill);
    CHECK(shim.UntilOver().Records().size() == 1);
    CHECK(payload.Alive().empty());
  }
  REQUIRE(shim.Launch({{payload.path(), "daemon"}}));
  REQUIRE(payload.UntilAlive(2));
  ::kill(scene.OnlyShim(), SIGKILL);
  CHECK(shim.Until(MessageType::kShimLost).As<wire::Tree>().empty == 1);
  CHECK(payload.Alive().empty());
}

TEST_CASE("a process that may not be signalled is reported as that, and confirmed when somebody else ended it") {
  if (::geteuid() != 0) return;
  const Payload payload(04755);
  const GuardianScene scene(kNobody);
  ShimEnd shim = scene.OpenShim();
  REQUIRE(shim.Launch({{payload.path(), "become-root"}}));
  const auto leader = static_cast<pid_t>(shim.Until(MessageType::kStarted).As<wire::Started>().pid);
  if (!Eventually([&] { return StatusOf(leader, "Uid").starts_with("0\t0\t0"); }, 2'000)) {
    MESSAGE("SKIPPED: set-uid programs do not work here");
    return;
  }
  shim.Say(MessageType::kKill);
  const Message occupied = shim.Until(MessageType::kOccupied);
  REQUIRE(occupied.Records().size() == 1);
  CHECK(occupied.Records()[0].pid == leader);
  CHECK(occupied.Records()[0].why == static_cast<int>(custody::core::SurvivorReason::kPermission));
  CHECK(payload.Alive() == std::vector<pid_t>{leader});
  ::kill(leader, SIGKILL);
  (void)shim.UntilOver();
  CHECK(payload.Alive().empty());
}

TEST_CASE("a frozen process is reported as that, and confirmed when it was thawed") {
  const std::filesystem::path freezer = "/sys/fs/cgroup/freezer/custody-test-" + std::to_string(::getpid());
  std::error_code error;
  if (::geteuid() != 0 || !std::filesystem::create_directory(freezer, error)) {
    MESSAGE("SKIPPED: no freezer to use");
    return;
  }
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  REQUIRE(shim.Launch({{payload.path(), "grandchild"}}));
  REQUIRE(payload.UntilAlive(2));
  for (const pid_t pid : payload.Alive()) std::ofstream(freezer / "cgroup.procs") << pid;
  std::ofstream(freezer / "freezer.state") << "FROZEN";
  shim.Say(MessageType::kKill);
  const Message occupied = shim.Until(MessageType::kOccupied);
  CHECK(occupied.As<wire::Tree>().member_count == 2);
  for (const auto& record : occupied.Records()) {
    CHECK(record.why == static_cast<int>(custody::core::SurvivorReason::kFrozen));
  }
  CHECK(payload.Alive().size() == 2);
  std::ofstream(freezer / "freezer.state") << "THAWED";
  (void)shim.UntilOver();
  CHECK(payload.Alive().empty());
  CHECK(Eventually([&] { return std::filesystem::remove(freezer, error); }));
}

TEST_CASE("another user's guardian ends everything as well") {
  if (::geteuid() != 0) return;
  const GuardianScene scene(kNobody);
  RunAndKill(scene, wire::ShimKind::kTree, false, wire::WireMechanism::kShim);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their runtimes need it
TEST_CASE("the program needs no C++ library") {
  const std::string command = std::string("ldd ") + CUSTODY_GUARDIAN_FILE + " 2>&1";
  FILE* const output = ::popen(command.c_str(), "r");
  REQUIRE(output != nullptr);
  std::string text;
  std::array<char, 256> line{};
  while (std::fgets(line.data(), line.size(), output) != nullptr) text += line.data();
  ::pclose(output);
  CHECK(text.find("libstdc++") == std::string::npos);
}
#endif
