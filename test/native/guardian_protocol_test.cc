// What shims answer, and what they do about a host that does not keep to the protocol.
#include <pty.h>

#include "guardian_scene.h"

namespace {

using namespace custody::testing;
using wire::MessageType;
using wire::StartStage;

}  // namespace

TEST_CASE("reasons not to start are told with their stage, and the shim stays usable") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  const TemporaryFolder folder;
  const std::string data = folder.Write("data", "hello\n", 0644);
  struct Case {
    LaunchWish wish;
    int error;
    StartStage stage;
  };
  LaunchWish elsewhere{{payload.path(), "true"}};
  elsewhere.directory = folder.Path("missing");
  const Case cases[] = {{{{folder.Path("missing")}}, ENOENT, StartStage::kExec},
                        {{{data}}, EACCES, StartStage::kExec},
                        {elsewhere, ENOENT, StartStage::kChdir}};
  for (const Case& expected : cases) {
    REQUIRE(shim.Launch(expected.wish));
    const Message message = shim.Next();
    REQUIRE(message.type() == MessageType::kNotStarted);
    CHECK(message.As<wire::NotStarted>().error == expected.error);
    CHECK(message.As<wire::NotStarted>().stage == expected.stage);
    CHECK(message.As<wire::Header>().run == shim.run);
  }
  REQUIRE(shim.Launch({{payload.path(), "true"}}));
  CHECK(shim.UntilOver().As<wire::Exited>().status == 0);
}

TEST_CASE("a command gets its directory, the host's where none was named") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  const TemporaryFolder folder;
  LaunchWish wish{{payload.path(), "working-directory", folder.path()}};
  wish.directory = folder.path();
  REQUIRE(shim.Launch(wish));
  CHECK(WEXITSTATUS(shim.UntilOver().As<wire::Exited>().status) == 6);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  wish.directory.clear();
  REQUIRE(shim.Launch(wish));
  CHECK(WEXITSTATUS(shim.UntilOver().As<wire::Exited>().status) == 6);
  std::filesystem::current_path(before);
}

TEST_CASE("a text that is too large for a datagram travels in a memfd") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  LaunchWish wish{{payload.path(), "count-arguments"}};
  for (int i = 0; i < 5'000; ++i) wish.argv.push_back(std::string(100, 'x'));
  wish.environment.assign(1'000, "NAME=" + std::string(200, 'y'));
  wish.text_in_memfd = true;
  REQUIRE(shim.Launch(wish));
  CHECK(WEXITSTATUS(shim.UntilOver().As<wire::Exited>().status) == static_cast<int>(wish.argv.size() % 251));
}

TEST_CASE("a command has descriptors 0 to 2 only, and the shim keeps none of them") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  std::array<int, 2> pipe{};
  REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
  LaunchWish wish{{payload.path(), "stay"}};
  wish.output = pipe[1];
  REQUIRE(shim.Launch(wish));
  ::close(pipe[1]);
  const auto leader = shim.Until(MessageType::kStarted).As<wire::Started>().pid;
  // Its loader may still have a library open.
  CHECK(Eventually([&] {
    const std::filesystem::directory_iterator all("/proc/" + std::to_string(leader) + "/fd");
    return std::distance(begin(all), end(all)) == 3;
  }));
  ::kill(static_cast<pid_t>(leader), SIGKILL);
  pollfd wanted{pipe[0], POLLIN, 0};
  CHECK(::poll(&wanted, 1, 5'000) == 1);
  CHECK((wanted.revents & POLLHUP) != 0);
  (void)shim.UntilOver();
  ::close(pipe[0]);
}

TEST_CASE("a leader that owns the terminal and stops is reported, and goes on when told to") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  int ours = -1;
  int theirs = -1;
  REQUIRE(::openpty(&ours, &theirs, nullptr, nullptr, nullptr) == 0);
  LaunchWish wish{{payload.path(), "stop"}};
  wish.terminal = theirs;
  REQUIRE(shim.Launch(wish));
  CHECK(shim.Until(MessageType::kSuspended).As<wire::Suspended>().signal == SIGSTOP);
  shim.Say(MessageType::kContinue);
  CHECK(WEXITSTATUS(shim.UntilOver().As<wire::Exited>().status) == 5);
  ::close(ours);
  ::close(theirs);
}

TEST_CASE("what no host of ours sends ends the shim and its tree") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  REQUIRE(shim.Launch({{payload.path(), "daemon"}}));
  REQUIRE(payload.UntilAlive(2));
  wire::Signal signal{HeaderOf(MessageType::kSignal, sizeof signal, shim.run), SIGTERM, 0};
  std::size_t length = sizeof signal;
  SUBCASE("short") { length = 3; }
  SUBCASE("another length than it says") { length = sizeof signal - 4; }
  SUBCASE("another version") { signal.header.version = wire::kVersion + 1; }
  SUBCASE("an unknown type") { signal.header.type = 999; }
  SUBCASE("a message of the other direction") { signal.header.type = static_cast<std::uint16_t>(MessageType::kExited); }
  SUBCASE("a signal that does not exist") { signal.number = 65; }
  SUBCASE("a second launch") { signal.header.type = static_cast<std::uint16_t>(MessageType::kLaunch); }
  CHECK(SendBytes(shim.socket(), &signal, length));
  CHECK(payload.UntilNone());
  CHECK(Eventually([&] { return scene.Shims().empty(); }));
}

TEST_CASE("a word about a run that is over is passed over") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  REQUIRE(shim.Launch({{payload.path(), "true"}}));
  (void)shim.UntilOver();
  shim.Say(MessageType::kKill);
  shim.Signal(SIGTERM);
  REQUIRE(shim.Launch({{payload.path(), "stay"}}));
  (void)shim.Until(MessageType::kStarted);
  const std::uint32_t current = std::exchange(shim.run, shim.run - 1);
  shim.Say(MessageType::kKill);
  shim.run = current;
  shim.Say(MessageType::kProbe);
  CHECK(shim.Until(MessageType::kOccupied).Records().size() == 1);
  shim.Say(MessageType::kKill);
  (void)shim.UntilOver();
}

TEST_CASE("a host that does not read loses nothing but what is out of date") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  REQUIRE(shim.Launch({{payload.path(), "leave-daemon"}}));
  (void)payload.UntilDaemon();
  // Each word of ours takes up a place as well; the shim must go on reading while it cannot write.
  for (int i = 0; i < 2'000; ++i) shim.Say(MessageType::kProbe);
  shim.Say(MessageType::kKill);
  REQUIRE(payload.UntilNone());
  const Message exited = shim.Until(MessageType::kExited);
  CHECK(WEXITSTATUS(exited.As<wire::Exited>().status) == 7);
  if (exited.As<wire::Tree>().empty == 0) CHECK(shim.Until(MessageType::kEmpty).As<wire::Tree>().empty == 1);
  REQUIRE(shim.Launch({{payload.path(), "true"}}));
  (void)shim.UntilOver();
}
