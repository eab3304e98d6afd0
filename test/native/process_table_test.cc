// Reading the process table: names that look like fields, zombies, groups.
#include "platform/posix/process_table.h"

#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "child_process.h"

namespace {

using custody::platform::FindGroupMembers;
using custody::platform::GroupMembers;
using custody::platform::ProcessEntry;
using custody::platform::ReadProcess;
using custody::testing::EndChild;

/// A child that has done `first` and then stays until it is ended.
class Staying {
 public:
  explicit Staying(const std::function<void()>& first) {
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    pid = ::fork();
    if (pid == 0) {
      ::alarm(20);
      first();
      (void)!::write(ready[1], "r", 1);
      for (;;) ::pause();
    }
    char mark = 0;
    REQUIRE(::read(ready[0], &mark, 1) == 1);
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~Staying() { EndChild(pid); }
  Staying(const Staying&) = delete;
  Staying& operator=(const Staying&) = delete;

  pid_t pid = -1;
};

}  // namespace

TEST_CASE("a name that looks like fields does not shift them") {
  for (const char* name : {"plain", "a) R 1 (b", ") Z 0", "((((", "))))", "x y z", ""}) {
    INFO("'" << name << "'");
    const Staying child([name] {
      ::setpgid(0, 0);
      ::prctl(PR_SET_NAME, name);
    });
    const ProcessEntry entry = ReadProcess(child.pid);
    CHECK(entry.pid == child.pid);
    CHECK(entry.group == child.pid);
    CHECK(entry.name == name);
    CHECK(entry.is_alive());
    CHECK(entry.start_time > 0);
    CHECK(entry.start_time == ReadProcess(child.pid).start_time);
  }
}

TEST_CASE("a process that is gone is none, and a zombie is not alive") {
  pid_t pid = -1;
  {
    const Staying child([] {});
    pid = child.pid;
    ::kill(pid, SIGKILL);
    siginfo_t info{};
    REQUIRE(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) == 0);
    const ProcessEntry zombie = ReadProcess(pid);
    CHECK(zombie.pid == pid);
    CHECK(zombie.state == 'Z');
    CHECK_FALSE(zombie.is_alive());
  }
  CHECK(ReadProcess(pid).pid == 0);
  CHECK(ReadProcess(-1).pid == 0);
}

TEST_CASE("a group's living members are found, its leader apart, its zombies not") {
  const Staying leader([] { ::setpgid(0, 0); });
  const Staying member([&] { ::setpgid(0, leader.pid); });
  const Staying zombie([&] { ::setpgid(0, leader.pid); });
  ::kill(zombie.pid, SIGKILL);
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(zombie.pid), &info, WEXITED | WNOWAIT) == 0);
  const GroupMembers members = FindGroupMembers(leader.pid);
  CHECK(members.readable);
  CHECK(members.leader_exists);
  REQUIRE(members.living.size() == 1);
  CHECK(members.living[0].pid == member.pid);
  EndChild(leader.pid);
  CHECK_FALSE(FindGroupMembers(leader.pid).leader_exists);
  CHECK(FindGroupMembers(leader.pid).living.size() == 1);
  // The number of the leader may be given away once the member is gone: end only what is certainly ours.
  const_cast<Staying&>(leader).pid = -1;
}
