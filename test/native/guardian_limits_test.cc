// What a tree may use: who notices, what is told, and that everything is gone. The oracle is the payload's path in /proc.
#include "guardian_scene.h"

namespace {

using namespace custody::testing;
using custody::core::LimitBreach;
using custody::core::ResourceLimit;
using wire::MessageType;

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

/// What became of one command under limits.
struct Ending {
  LimitBreach breach;
  /// The breach was told before the end of the leader.
  bool in_order = false;
  int status = 0;
};

Ending RunUnder(const ShimEnd& shim) {
  Ending ending;
  for (;;) {
    const Message message = shim.Next(20'000);
    REQUIRE_MESSAGE(!message.is_end(), "the other end closed during a run");
    if (message.type() == MessageType::kLimitBreached) {
      const auto& breached = message.As<wire::LimitBreached>();
      REQUIRE(breached.header.run == shim.run);
      CHECK(ending.breach.limit == ResourceLimit::kNone);
      ending.breach = {static_cast<ResourceLimit>(breached.limit), breached.used, breached.allowed};
    }
    if (message.type() == MessageType::kExited) {
      ending.in_order = ending.breach.limit != ResourceLimit::kNone;
      ending.status = message.As<wire::Exited>().status;
    }
    const bool tells = message.type() == MessageType::kExited || message.type() == MessageType::kEmpty;
    if (tells && message.As<wire::Tree>().empty == 1) return ending;
  }
}

struct Excess {
  const char* name;
  ResourceLimit limit;
  wire::Limits limits;
  std::vector<std::string> role;
};

const std::vector<Excess>& Excesses() {
  static const std::vector<Excess> all = {
      {"memory of one", ResourceLimit::kMemoryBytes, {.memory_bytes = 64 * kMebibyte}, {"eat-memory"}},
      {"memory of several, none of which has much",
       ResourceLimit::kMemoryBytes,
       {.memory_bytes = 96 * kMebibyte},
       {"hold-memory", "32", "4"}},
      {"processes, a daemon among them", ResourceLimit::kMaxProcesses, {.processes = 1}, {"daemon"}},
      {"processes of a storm", ResourceLimit::kMaxProcesses, {.processes = 20}, {"storm", "60"}},
      {"processor time of one", ResourceLimit::kCpuTimeMs, {.cpu_ms = 200}, {"burn"}},
      {"processor time of several, one of whom was collected",
       ResourceLimit::kCpuTimeMs,
       {.cpu_ms = 500},
       {"burn-in-turns"}},
  };
  return all;
}

}  // namespace

TEST_CASE("what exceeds a limit is ended whole, and what was used is told before the leader's end") {
  for (const Excess& excess : Excesses()) {
    for (const wire::ShimKind kind : {wire::ShimKind::kTree, wire::ShimKind::kNamespace}) {
      SUBCASE((std::string(excess.name) + (kind == wire::ShimKind::kTree ? "" : ", in a namespace")).c_str()) {
        const Payload payload;
        const GuardianScene scene;
        ShimEnd shim = scene.OpenShim(kind);
        LaunchWish wish{excess.role};
        wish.argv.insert(wish.argv.begin(), payload.path());
        wish.limits = excess.limits;
        REQUIRE(shim.Launch(wish));
        const Message first = shim.Next();
        if (first.type() == MessageType::kNotStarted && kind == wire::ShimKind::kNamespace) return;
        const Ending ending = RunUnder(shim);
        CHECK(payload.Alive().empty());
        CHECK(ending.in_order);
        CHECK(ending.breach.limit == excess.limit);
        CHECK(ending.breach.used > ending.breach.allowed);
        CHECK(WTERMSIG(ending.status) == SIGKILL);
      }
    }
  }
}

TEST_CASE("a shim that ended one run for a limit takes the next one, without it") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  LaunchWish wish{{payload.path(), "grandchild"}};
  wish.limits.processes = 1;
  REQUIRE(shim.Launch(wish));
  CHECK(RunUnder(shim).breach.limit == ResourceLimit::kMaxProcesses);
  REQUIRE(shim.Launch({{payload.path(), "burn-in-turns", "150"}}));
  const Ending ending = RunUnder(shim);
  CHECK(ending.breach.limit == ResourceLimit::kNone);
  CHECK(WEXITSTATUS(ending.status) == 0);
  CHECK(scene.Shims().size() == 1);
}

TEST_CASE("a leader that an rlimit ends has exceeded it") {
  const Payload payload;
  const GuardianScene scene;
  const TemporaryFolder folder;
  ShimEnd shim = scene.OpenShim();
  LaunchWish wish{{payload.path(), "write-file", folder.Path("file"), "and-die"}};
  wish.limits.file_bytes = 1'000;
  REQUIRE(shim.Launch(wish));
  const Ending ending = RunUnder(shim);
  CHECK(WTERMSIG(ending.status) == SIGXFSZ);
  CHECK_FALSE(WCOREDUMP(ending.status));
  CHECK(ending.in_order);
  CHECK(ending.breach.limit == ResourceLimit::kMaxFileSizeBytes);
  CHECK(ending.breach.allowed == 1'000);
}

TEST_CASE("what fails at an rlimit may go on") {
  const Payload payload;
  const GuardianScene scene;
  const TemporaryFolder folder;
  ShimEnd shim = scene.OpenShim();
  LaunchWish files{{payload.path(), "count-files"}};
  files.limits.open_files = 10;
  REQUIRE(shim.Launch(files));
  CHECK(WEXITSTATUS(RunUnder(shim).status) == 7);
  LaunchWish size{{payload.path(), "write-file", folder.Path("file")}};
  size.limits.file_bytes = 1'000;
  REQUIRE(shim.Launch(size));
  const Ending ending = RunUnder(shim);
  CHECK(WEXITSTATUS(ending.status) == 4);
  CHECK(ending.breach.limit == ResourceLimit::kNone);
}

TEST_CASE("a limit on memory is none on addresses, and one on processes is none on threads or on other commands") {
  const Payload payload;
  const GuardianScene scene;
  ShimEnd shim = scene.OpenShim();
  LaunchWish reserve{{payload.path(), "reserve-addresses"}};
  reserve.limits.memory_bytes = 64 * kMebibyte;
  REQUIRE(shim.Launch(reserve));
  const Ending reserved = RunUnder(shim);
  CHECK(WEXITSTATUS(reserved.status) == 0);
  CHECK(reserved.breach.limit == ResourceLimit::kNone);
  const Payload others;
  ShimEnd other = scene.OpenShim();
  REQUIRE(other.Launch({{others.path(), "storm", "20"}}));
  REQUIRE(others.UntilAlive(20));
  LaunchWish threads{{payload.path(), "threads"}};
  threads.limits.processes = 1;
  REQUIRE(shim.Launch(threads));
  const Ending ending = RunUnder(shim);
  CHECK(WEXITSTATUS(ending.status) == 0);
  CHECK(ending.breach.limit == ResourceLimit::kNone);
}
