// Both ways to spawn on Linux, held to the same promises by looking at the child from outside.
#include "platform/posix/spawn.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <set>
#include <string>
#include <string_view>

#include "child_process.h"
#include "platform/linux/spawn_clone.h"
#include "platform/posix/executable_lookup.h"
#include "platform/posix/posix_error.h"

namespace {

using namespace custody::testing;
using custody::core::ErrorSubject;
using custody::core::OsError;
using custody::core::Result;
using custody::platform::CloneStack;
using custody::platform::Spawned;
using custody::platform::SpawnRequest;

Result<Spawned> ByClone(const SpawnRequest& request) {
  static const CloneStack stack;
  return custody::platform::SpawnByClone(request, stack);
}

struct Spawner {
  const char* name;
  Result<Spawned> (*spawn)(const SpawnRequest&);
};
constexpr Spawner kSpawners[] = {{"clone", ByClone}, {"posix_spawn", custody::platform::SpawnByPosixSpawn}};

/// A child that stays until the end of its scope.
class Child {
 public:
  Child(const Spawner& spawner, const Request& request) {
    Result<Spawned> spawned = spawner.spawn(request.value);
    REQUIRE_MESSAGE(spawned.ok(), spawned.error().operation << " " << spawned.error().code);
    pid = spawned.value().pid;
    exit_handle = std::move(spawned.value().exit_handle);
    // The parent goes on as soon as the child has a memory of its own, a little before that is furnished.
    while (ContentOf(Proc("cmdline")).empty() && ::kill(pid, 0) == 0) ::sched_yield();
  }
  ~Child() { EndChild(pid); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  std::string Proc(const char* name) const { return "/proc/" + std::to_string(pid) + "/" + name; }

  pid_t pid = -1;
  custody::platform::OwnedHandle exit_handle;
};

const std::string kSleep = "/bin/sleep";

OsError ErrorOf(const Spawner& spawner, const Request& request) {
  Result<Spawned> spawned = spawner.spawn(request.value);
  REQUIRE_FALSE(spawned.ok());
  CHECK_FALSE(HasChildren());  // the attempt was collected
  return spawned.error();
}

std::set<std::string> DescriptorsOf(const Child& child) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(child.Proc("fd"))) names.insert(entry.path().filename());
  return names;
}

}  // namespace

TEST_CASE("a child gets its own group, its arguments and its environment, and nothing else") {
  for (const Spawner& spawner : kSpawners) {
    SUBCASE(spawner.name) {
      const Request request(kSleep, {"another name", "60"}, {"A=1", "B=two words"});
      const Child child(spawner, request);
      CHECK(::getpgid(child.pid) == child.pid);
      CHECK(ContentOf(child.Proc("cmdline")) == std::string("another name\0"
                                                            "60\0",
                                                            16));
      CHECK(ContentOf(child.Proc("environ")) == std::string("A=1\0B=two words\0", 16));
    }
  }
}

TEST_CASE("a child blocks and ignores no signal, whatever its host does") {
  for (const Spawner& spawner : kSpawners) {
    SUBCASE(spawner.name) {
      const int code = InOwnProcess([&] {
        std::signal(SIGPIPE, SIG_IGN);
        std::signal(SIGINT, SIG_IGN);
        ::signal(SIGRTMIN + 3, SIG_IGN);
        std::signal(SIGUSR1, [](int) {});
        sigset_t all;
        sigfillset(&all);
        ::sigprocmask(SIG_SETMASK, &all, nullptr);
        const Request request(kSleep, {"sleep", "60"});
        Result<Spawned> spawned = spawner.spawn(request.value);
        if (!spawned.ok()) return 1;
        const pid_t pid = spawned.value().pid;
        // 32 and 33 belong to the C library, whose posix_spawn passes them on as they are.
        constexpr unsigned long long kOfTheLibrary = 0x1'8000'0000;
        int wrong = 0;
        for (const char* set : {"SigBlk", "SigIgn", "SigCgt"}) {
          wrong += (std::stoull(StatusOf(pid, set), nullptr, 16) & ~kOfTheLibrary) == 0 ? 0 : 1;
        }
        EndChild(pid);
        // The host's own mask is as it was.
        return wrong == 0 && StatusOf(::getpid(), "SigBlk").starts_with("fffffffe7ffbfeff") ? 0 : 2 + wrong;
      });
      CHECK(code == 0);
    }
  }
}

TEST_CASE("a child has descriptors 0 to 2 only, also where its host left one inheritable") {
  const int inheritable = ::open("/dev/null", O_RDONLY);
  const int far_away = ::fcntl(inheritable, F_DUPFD, 500);
  REQUIRE(far_away >= 500);
  for (const Spawner& spawner : kSpawners) {
    SUBCASE(spawner.name) {
      const Request request(kSleep, {"sleep", "60"});
      const Child child(spawner, request);
      CHECK(DescriptorsOf(child) == std::set<std::string>{"0", "1", "2"});
    }
  }
  ::close(inheritable);
  ::close(far_away);
}

TEST_CASE("a child runs where it was told to") {
  for (const Spawner& spawner : kSpawners) {
    SUBCASE(spawner.name) {
      const TemporaryFolder folder;
      Request request(kSleep, {"sleep", "60"});
      request.value.cwd = folder.path();
      const Child child(spawner, request);
      CHECK(std::filesystem::read_symlink(child.Proc("cwd")) == folder.path());
    }
  }
}

TEST_CASE("reasons not to start are told apart, leave no zombie and no descriptor") {
  const TemporaryFolder folder;
  const std::string script = folder.Write("script", "#!/no/such/interpreter\n", 0755);
  const std::string data = folder.Write("data", "hello\n", 0644);
  const std::string garbage = folder.Write("garbage", std::string(64, '\1'), 0755);
  const std::size_t descriptors = CountDescriptors();
  for (const Spawner& spawner : kSpawners) {
    SUBCASE(spawner.name) {
      struct Case {
        std::string path;
        std::string cwd;
        int code;
        std::string_view operation;
        ErrorSubject subject;
      };
      const Case cases[] = {
          {folder.Path("missing"), "", ENOENT, "exec", ErrorSubject::kExecutable},
          {data, "", EACCES, "exec", ErrorSubject::kExecutable},
          {garbage, "", ENOEXEC, "exec", ErrorSubject::kExecutable},
          {script, "", ENOENT, "exec", ErrorSubject::kInterpreter},
          {data + "/below", "", ENOTDIR, "exec", ErrorSubject::kExecutable},
          {kSleep, folder.Path("missing"), ENOENT, "chdir", ErrorSubject::kCwd},
          {kSleep, data, ENOTDIR, "chdir", ErrorSubject::kCwd},
      };
      for (const Case& expected : cases) {
        INFO(expected.path << " in '" << expected.cwd << "'");
        Request request(expected.path, {"x"});
        request.value.cwd = expected.cwd;
        OsError error = ErrorOf(spawner, request);
        CHECK(error.operation == expected.operation);
        CHECK(error.code == expected.code);
        if (expected.operation == "exec") {
          error = custody::platform::ExplainExecFailure(error.code, expected.path, expected.cwd);
        }
        CHECK(error.subject == expected.subject);
      }
    }
  }
  CHECK(CountDescriptors() == descriptors);
}

TEST_CASE("a clone gives a handle that becomes ready when the child ends, and that no exec inherits") {
  const Request request(kSleep, {"sleep", "60"});
  const Child child(kSpawners[0], request);
  if (!child.exit_handle.is_valid()) {
    MESSAGE("no pidfd on this kernel");
    return;
  }
  const int fd = FdOf(child.exit_handle);
  CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  pollfd wanted{fd, POLLIN, 0};
  CHECK(::poll(&wanted, 1, 0) == 0);
  ::kill(child.pid, SIGTERM);
  CHECK(::poll(&wanted, 1, 5'000) == 1);
}

TEST_CASE("a host without a free descriptor is not a kernel without clone") {
  // "clone" makes the caller give up this way of spawning for good.
  const int code = InOwnProcess([] {
    const Request request(kSleep, {"sleep", "60"});
    const rlimit none_free{static_cast<rlim_t>(::dup(0)), static_cast<rlim_t>(1'000)};
    ::close(static_cast<int>(none_free.rlim_cur));
    if (::setrlimit(RLIMIT_NOFILE, &none_free) == -1) return 1;
    Result<Spawned> spawned = ByClone(request.value);
    if (spawned.ok()) {
      EndChild(spawned.value().pid);
      return spawned.value().exit_handle.is_valid() ? 2 : 0;
    }
    return std::string_view(spawned.error().operation) == "clone" ? 3 : 0;
  });
  CHECK(code == 0);
}

TEST_CASE("a child whose parent may have no handle of it is started all the same") {
  // SIGCHLD ignored: the kernel collects children at once, the failed ones included.
  for (const Spawner& spawner : kSpawners) {
    SUBCASE(spawner.name) {
      const int code = InOwnProcess([&] {
        std::signal(SIGCHLD, SIG_IGN);
        const Request missing("/no/such/file", {"x"});
        if (spawner.spawn(missing.value).ok()) return 1;
        const Request request("/bin/true", {"true"});
        return spawner.spawn(request.value).ok() ? 0 : 2;
      });
      CHECK(code == 0);
    }
  }
}
