// Groups that have no shim: the guardian knows them from memory that it shares with the host, and looks there when the host is gone.
#include "core/wire_groups.h"
#include "guardian_scene.h"
#include "platform/linux/boot_clock.h"
#include "platform/linux/group_table.h"

namespace {

using namespace custody::testing;
using custody::platform::BootNow;
using custody::platform::GroupEntry;
using custody::platform::GroupTable;
using wire::MessageType;

std::unique_ptr<GroupTable> MakeTable() { return std::move(GroupTable::Create().value()); }

bool GiveMemory(const GuardianScene& scene, int memory) {
  const wire::Command message{HeaderOf(MessageType::kGuardGroups, sizeof message)};
  return SendBytes(scene.control(), &message, sizeof message, {memory});
}

bool Give(const GuardianScene& scene, const GroupTable& table) { return GiveMemory(scene, FdOf(table.memory())); }

/// A command in a group of its own, entered in a table.
class Group {
 public:
  Group(GroupTable& table, const Payload& payload, const char* role, bool new_session = false)
      : entry(table.Enter(BootNow())) {
    Request request(payload.path(), {payload.path(), role});
    request.value.group_slot = entry.slot();
    request.value.new_session = new_session;
    leader = custody::platform::SpawnHere(request.value).value().pid;
  }
  ~Group() {
    EndLeader();
    entry.GiveBack();
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  void EndLeader() { EndChild(std::exchange(leader, -1)); }

  GroupEntry entry;
  pid_t leader = -1;
};

/// A host in a process of its own, which is killed: first it does `begin`, which returns its guardian's pid, and then nothing more.
class KilledHost {
 public:
  explicit KilledHost(const std::function<pid_t(GuardianScene&)>& begin) {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::alarm(30);
      GuardianScene scene;
      const pid_t told = begin(scene);
      if (::write(pipe[1], &told, sizeof told) != sizeof told) ::_exit(1);
      for (;;) ::pause();
    }
    ::close(pipe[1]);
    const bool is_up = ::read(pipe[0], &guardian, sizeof guardian) == sizeof guardian;
    ::close(pipe[0]);
    REQUIRE(is_up);
  }
  ~KilledHost() { Kill(); }
  KilledHost(const KilledHost&) = delete;
  KilledHost& operator=(const KilledHost&) = delete;

  void Kill() { EndChild(std::exchange(pid_, -1)); }

  pid_t guardian = -1;

 private:
  pid_t pid_ = -1;
};

bool ControlIsClosed(const GuardianScene& scene) {
  pollfd wanted{scene.control(), POLLIN, 0};
  return ::poll(&wanted, 1, 10'000 * Patience()) == 1 && (wanted.revents & POLLHUP) != 0;
}

OwnedHandle MemoryOf(std::size_t bytes, int seals) {
  OwnedHandle memory(::memfd_create("groups", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  REQUIRE(::ftruncate(FdOf(memory), static_cast<off_t>(bytes)) == 0);
  if (seals != 0) REQUIRE(::fcntl(FdOf(memory), F_ADD_SEALS, seals) == 0);
  return memory;
}

bool HasSockets(pid_t pid) {
  std::error_code error;
  for (std::filesystem::directory_iterator at("/proc/" + std::to_string(pid) + "/fd", error), end; !error && at != end;
       at.increment(error)) {
    std::error_code closed;
    if (std::filesystem::read_symlink(at->path(), closed).native().starts_with("socket:")) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("groups end with a killed host, whatever they do within them") {
  const Payload payload;
  KilledHost host([&](GuardianScene& scene) {
    static const std::unique_ptr<GroupTable> table = MakeTable();
    static std::vector<std::unique_ptr<Group>> groups;
    Give(scene, *table);
    for (const char* role : {"stay", "grandchild", "ignore", "vfork"}) {
      groups.push_back(std::make_unique<Group>(*table, payload, role));
    }
    return scene.pid();
  });
  REQUIRE(payload.UntilAlive(7));
  const auto killed_at = std::chrono::steady_clock::now();
  host.Kill();
  CHECK(payload.UntilNone());
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - killed_at;
  MESSAGE("host killed to last member of four groups gone: " << took.count() << " ms");
}

TEST_CASE("a host that is killed before its guardian has read that there are groups is not too late") {
  const Payload payload;
  KilledHost host([&](GuardianScene& scene) {
    static const std::unique_ptr<GroupTable> table = MakeTable();
    ::kill(scene.pid(), SIGSTOP);
    Give(scene, *table);
    static const Group group(*table, payload, "grandchild");
    return scene.pid();
  });
  REQUIRE(payload.UntilAlive(2));
  host.Kill();
  ::kill(host.guardian, SIGCONT);
  CHECK(payload.UntilNone());
}

TEST_CASE("groups end with the connection") {
  const Payload payload;
  GuardianScene scene;
  const auto table = MakeTable();
  REQUIRE(Give(scene, *table));
  Group group(*table, payload, "ignore");
  REQUIRE(payload.UntilAlive(2));
  // The leader moves on alone: what it leaves keeps the number.
  SUBCASE("with their leaders") {}
  SUBCASE("when their leaders are gone") { group.EndLeader(); }
  scene.Close();
  CHECK(payload.UntilNone());
  group.EndLeader();
  CHECK(scene.WaitForEnd() == 0);
}

TEST_CASE("a leader that is not in its group yet is ended by itself") {
  GuardianScene scene;
  const auto table = MakeTable();
  REQUIRE(Give(scene, *table));
  GroupEntry entry = table->Enter(BootNow());
  const pid_t child = ::fork();
  if (child == 0) {
    scene.Close();
    ::alarm(30);
    for (;;) ::pause();
  }
  entry.Name(child);
  scene.Close();
  int status = 0;
  CHECK(Eventually([&] { return ::waitpid(child, &status, WNOHANG) == child; }));
  CHECK(WTERMSIG(status) == SIGKILL);
  entry.GiveBack();
}

TEST_CASE("a launch that is under way when the host ends is waited for, and not for ever") {
  const Payload payload;
  GuardianScene scene;
  const auto table = MakeTable();
  REQUIRE(Give(scene, *table));
  GroupEntry entry = table->Enter(BootNow());
  Request request(payload.path(), {payload.path(), "stay"});
  const pid_t leader = custody::platform::SpawnHere(request.value).value().pid;
  scene.Close();
  REQUIRE(Eventually([&] { return !HasSockets(scene.pid()); }));
  SUBCASE("its leader is named") {
    entry.Name(leader);
    CHECK(payload.UntilNone());
    EndChild(leader);
    CHECK(scene.WaitForEnd() == 0);
  }
  SUBCASE("there is none") {
    CHECK(scene.WaitForEnd() == 0);
    CHECK(payload.Only() == leader);
    EndChild(leader);
  }
  entry.GiveBack();
}

TEST_CASE("who was not launched then is left alone, whatever number the table names") {
  const Payload payload;
  GuardianScene scene;
  const auto table = MakeTable();
  REQUIRE(Give(scene, *table));
  bool new_session = false;
  wire::GroupSlot window{};
  SUBCASE("it started later") {
    window.began_ns = 1;
    window.returned_ns = 2;
  }
  SUBCASE("it started before") {
    constexpr std::int64_t kMinute = 60'000'000'000;
    window.began_ns = BootNow() + kMinute;
    window.returned_ns = window.began_ns + 1;
  }
  SUBCASE("it is in another session") { new_session = true; }
  SUBCASE("a policy has let it go") { window.leader = -1; }
  Group group(*table, payload, "grandchild", new_session);
  REQUIRE(payload.UntilAlive(2));
  if (window.began_ns != 0) {
    group.entry.slot()->began_ns = window.began_ns.load();
    group.entry.slot()->returned_ns = window.returned_ns.load();
  }
  if (window.leader == -1) group.entry.Hide();
  scene.Close();
  CHECK(scene.WaitForEnd() == 0);
  CHECK(payload.Alive().size() == 2);
}

TEST_CASE("a guardian does not end itself") {
  GuardianScene scene;
  const auto table = MakeTable();
  REQUIRE(Give(scene, *table));
  GroupEntry entry = table->Enter(1);
  entry.slot()->returned_ns = BootNow();
  entry.Name(scene.pid());
  scene.Close();
  CHECK(scene.WaitForEnd() == 0);
  entry.GiveBack();
}

TEST_CASE("what is no table of groups ends the connection") {
  const GuardianScene scene;
  constexpr std::size_t kBytes = sizeof(wire::GroupTable);
  SUBCASE("no memory at all") { REQUIRE(GiveMemory(scene, FdOf(Open("/dev/null", O_RDWR)))); }
  SUBCASE("too short") { REQUIRE(GiveMemory(scene, FdOf(MemoryOf(kBytes - 1, F_SEAL_SHRINK)))); }
  SUBCASE("too long") { REQUIRE(GiveMemory(scene, FdOf(MemoryOf(kBytes + 1, F_SEAL_SHRINK)))); }
  SUBCASE("it can shrink") { REQUIRE(GiveMemory(scene, FdOf(MemoryOf(kBytes, 0)))); }
  SUBCASE("a second one") {
    const auto table = MakeTable();
    REQUIRE(Give(scene, *table));
    REQUIRE(Give(scene, *MakeTable()));
  }
  SUBCASE("no descriptor") {
    const wire::Command message{HeaderOf(MessageType::kGuardGroups, sizeof message)};
    REQUIRE(SendBytes(scene.control(), &message, sizeof message));
  }
  CHECK(ControlIsClosed(scene));
}
