// Ends of the host, told by nothing but the processes that are left.
#include "guardian_scene.h"

namespace {

using namespace custody::testing;
using wire::MessageType;

/// A host in a process of its own: a guardian and one run per role, then it waits to be killed.
class DyingHost {
 public:
  DyingHost(const Payload& payload, const std::vector<const char*>& roles, bool keeps_copies) {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    pid = ::fork();
    if (pid == 0) {
      ::alarm(30);
      GuardianScene scene;
      std::vector<ShimEnd> shims;
      for (const char* role : roles) {
        shims.push_back(scene.OpenShim());
        shims.back().Launch({{payload.path(), role}});
      }
      const ShimEnd idle = scene.OpenShim();
      pid_t told[2] = {scene.pid(), 0};
      if (keeps_copies) {
        told[1] = ::fork();
        if (told[1] == 0) {
          ::alarm(30);
          for (;;) ::pause();
        }
      }
      if (::write(pipe[1], told, sizeof told) != sizeof told) ::_exit(1);
      for (;;) ::pause();
    }
    ::close(pipe[1]);
    pid_t told[2] = {-1, 0};
    REQUIRE(::read(pipe[0], told, sizeof told) == sizeof told);
    ::close(pipe[0]);
    guardian = told[0];
    copy = told[1];
  }
  ~DyingHost() {
    Kill();
    if (copy > 1) ::kill(copy, SIGKILL);
  }
  DyingHost(const DyingHost&) = delete;
  DyingHost& operator=(const DyingHost&) = delete;

  void Kill() {
    if (pid > 1) EndChild(pid);
    pid = -1;
  }
  /// A zombie is gone: whoever adopted it may collect it late.
  bool GuardianIsGone() const {
    const std::string state = StatusOf(guardian, "State");
    return state == "gone" || state.starts_with("Z");
  }

  pid_t pid = -1;
  pid_t guardian = -1;
  /// Ours until it is killed here: its self-destruct is later than the end of any test.
  pid_t copy = 0;
};

std::size_t CountSockets(pid_t pid) {
  std::size_t count = 0;
  std::error_code error;
  const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code closed;
    if (std::filesystem::read_symlink(at->path(), closed).native().starts_with("socket:")) ++count;
  }
  return count;
}

const std::vector<const char*> kOrphanRoles = {"grandchild", "ignore", "setsid", "daemon", "leave-daemon", "comet"};
constexpr std::size_t kProcesses = 10;

}  // namespace

TEST_CASE("nothing outlives a host that is killed, its guardian and idle shims neither") {
  for (const bool keeps_copies : {false, true}) {
    SUBCASE(keeps_copies ? "somebody has copies of its descriptors" : "its descriptors close with it") {
      const Payload payload;
      DyingHost host(payload, kOrphanRoles, keeps_copies);
      REQUIRE(payload.UntilAlive(kProcesses));
      const auto killed_at = std::chrono::steady_clock::now();
      host.Kill();
      CHECK(payload.UntilNone());
      const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - killed_at;
      MESSAGE("host killed to last process gone: " << took.count() << " ms");
      CHECK(Eventually([&] { return host.GuardianIsGone(); }));
    }
  }
}

TEST_CASE("nothing outlives a host and its guardian that are killed at once") {
  const Payload payload;
  DyingHost host(payload, kOrphanRoles, false);
  REQUIRE(payload.UntilAlive(kProcesses));
  ::kill(host.guardian, SIGKILL);
  host.Kill();
  CHECK(payload.UntilNone());
}

TEST_CASE("a storm does not outlive its host") {
  const Payload payload;
  DyingHost host(payload, {"storm"}, false);
  REQUIRE(payload.UntilAlive(60));
  host.Kill();
  CHECK(payload.UntilNone());
  CHECK(Eventually([&] { return host.GuardianIsGone(); }));
}

TEST_CASE("a stopped shim does not keep its tree alive") {
  const Payload payload;
  GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  REQUIRE(shim.Launch({{payload.path(), "daemon"}}));
  REQUIRE(payload.UntilAlive(2));
  ::kill(scene.OnlyShim(), SIGSTOP);
  shim.Close();
  scene.Close();
  CHECK(scene.WaitForEnd() == 0);
  CHECK(payload.Alive().empty());
}

TEST_CASE("nothing is confirmed of a shim that dies beside one that had let go") {
  const Payload kept;
  const Payload lost;
  const GuardianScene scene;
  ShimEnd first = scene.OpenShim();
  REQUIRE(first.Launch({{kept.path(), "leave-daemon"}}));
  REQUIRE(first.Until(MessageType::kExited).As<wire::Tree>().empty == 0);
  const pid_t daemon = kept.UntilDaemon();
  const pid_t lets_go = scene.OnlyShim();
  ShimEnd second = scene.OpenShim();
  REQUIRE(second.Launch({{lost.path(), "setsid"}}));
  REQUIRE(lost.UntilAlive(2));
  std::vector<pid_t> both = scene.Shims();
  REQUIRE(both.size() == 2);
  // Stopped, the guardian finds both deaths at once, and one heap of orphans.
  ::kill(scene.pid(), SIGSTOP);
  REQUIRE(Eventually([&] { return StatusOf(scene.pid(), "State").starts_with("T"); }));
  first.Keep(wire::KeepMode::kLetGo);
  REQUIRE(Eventually([&] { return CountSockets(lets_go) == 0; }));
  for (const pid_t shim : both) ::kill(shim, SIGKILL);
  // A sanitizer gives each shim a second thread, and until that is gone nobody can collect the leader.
  const auto is_collectable = [](pid_t pid) {
    return StatusOf(pid, "State").starts_with("Z") && StatusOf(pid, "Threads") == "1";
  };
  for (const pid_t shim : both) REQUIRE(Eventually([&] { return is_collectable(shim); }));
  ::kill(scene.pid(), SIGCONT);
  for (Message message = second.Next(); !message.is_end(); message = second.Next()) {
    if (message.type() == MessageType::kShimLost) CHECK(message.As<wire::Tree>().empty == 0);
  }
  CHECK(kept.Alive() == std::vector<pid_t>{daemon});
}

TEST_CASE("terminal and termination signals do not reach guardian and shims, and commands have them as by default") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  REQUIRE(shim.Launch({{payload.path(), "true"}}));
  (void)shim.UntilOver();
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGUSR1}) {
    ::kill(scene.pid(), number);
    ::kill(scene.OnlyShim(), number);
  }
  REQUIRE(shim.Launch({{payload.path(), "stay"}}));
  const pid_t leader = static_cast<pid_t>(shim.Until(MessageType::kStarted).As<wire::Started>().pid);
  CHECK(payload.Alive() == std::vector<pid_t>{leader});
  for (const char* set : {"SigBlk", "SigIgn", "SigCgt"}) CHECK(std::stoull(StatusOf(leader, set), nullptr, 16) == 0);
  CHECK(::getpgid(leader) == leader);
  CHECK(::getsid(leader) == ::getsid(0));
  CHECK(::getpgid(scene.pid()) == scene.pid());
  shim.Signal(SIGTERM);
  const Message exited = shim.UntilOver();
  CHECK(WTERMSIG(exited.As<wire::Exited>().status) == SIGTERM);
}
