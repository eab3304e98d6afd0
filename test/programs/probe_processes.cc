// Roles that end, refuse to end, or leave descendants behind.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <new>

#include "probe.h"

namespace probe {
namespace {

constexpr int kMaxStorm = 48;

void OwnStdio() {
  const int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= 2; fd++) dup2(null, fd);
  if (null > 2) close(null);
}

/// exit-by code <n> | signal <n> | abort. Writes a line first, so that partial output can be looked for.
int ExitBy(const Args& args) {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  Print(1, "partial\n");
  if (args.at(0) == "abort") std::abort();
  if (args[0] == "signal") raise(static_cast<int>(Number(args, 1, 0)));
  return static_cast<int>(Number(args, 1, 0));
}

int Sleep(const Args& args) {
  SleepMs(Number(args, 0, 0));
  return 0;
}

/// wait: says that it is there and stays.
int Wait(const Args&) {
  Print(1, "ready\n");
  WaitForever();
}

int IgnoreTerminate(const Args&) {
  std::signal(SIGTERM, SIG_IGN);
  Print(1, "ready\n");
  WaitForever();
}

/// on-terminate <code> <bytes>: answers SIGTERM with a pattern of that many bytes and exits with that code.
int OnTerminate(const Args& args) {
  sigset_t terminate;
  sigemptyset(&terminate);
  sigaddset(&terminate, SIGTERM);
  sigprocmask(SIG_BLOCK, &terminate, nullptr);
  Print(1, "ready\n");
  int received = 0;
  sigwait(&terminate, &received);
  WritePattern(1, Number(args, 1, 0));
  return static_cast<int>(Number(args, 0, 0));
}

/// freeze: stops itself as Ctrl+Z would.
int Freeze(const Args&) {
  Print(1, "ready\n");
  raise(SIGSTOP);
  WaitForever();
}

/// fork-tree <depth> <breadth> [ignore] [exit]: `ready <processes>` once all are there; `exit`: the leader leaves then.
int ForkTree(const Args& args) {
  if (Has(args, "ignore")) std::signal(SIGTERM, SIG_IGN);
  const uint64_t breadth = Number(args, 1, 1);
  int ready[2];
  if (pipe(ready) != 0) Fail("pipe");
  uint64_t total = 1;
  for (uint64_t level = Number(args, 0, 1), width = breadth; level > 0; level--, width *= breadth) total += width;
  bool is_leader = true;
  for (uint64_t level = Number(args, 0, 1), child = 0; level > 0 && child < breadth; child++) {
    if (Fork() != 0) continue;
    is_leader = false;
    level--;
    child = UINT64_MAX;  // The new process starts over, one level deeper.
  }
  if (!is_leader) {
    WriteAll(ready[1], "r", 1);
    WaitForever();
  }
  for (uint64_t seen = 1; seen < total; seen++) {
    char mark = 0;
    if (read(ready[0], &mark, 1) != 1) Fail("read");
  }
  Print(1, "ready " + std::to_string(total) + "\n");
  if (Has(args, "exit")) return 0;
  WaitForever();
}

/// Leaves one process behind and exits 0 once it is there. `held`: it keeps the output pipes.
/// Arguments: [held] [ignore] [setsid] [stay] [late <ms>: ends by itself after a line of its own]. Prints its pid first.
int LeaveBehind(const Args& args) {
  int ready[2];
  int told[2];
  if (pipe(ready) != 0 || pipe(told) != 0) Fail("pipe");
  const pid_t pid = Fork();
  if (pid == 0) {
    if (Has(args, "ignore")) std::signal(SIGTERM, SIG_IGN);
    if (Has(args, "setsid")) setsid();
    if (!Has(args, "held") && !Has(args, "late")) OwnStdio();
    WriteAll(ready[1], "r", 1);
    close(ready[1]);
    if (!Has(args, "late")) WaitForever();
    close(told[1]);
    char end = 0;
    (void)!read(told[0], &end, 1);
    SleepMs(Number(args, args.size() - 1, 0));
    Print(1, "late\n");
    _exit(0);
  }
  char mark = 0;
  if (read(ready[0], &mark, 1) != 1) Fail("read");
  Print(1, "left " + std::to_string(pid) + "\n");
  close(told[1]);
  if (Has(args, "stay")) WaitForever();
  return 0;
}

/// comet: moves on to a new process again and again; each predecessor exits 0.
int Comet(const Args&) {
  Print(1, "ready\n");
  OwnStdio();
  const time_t end = time(nullptr) + kLifetimeSeconds;
  while (time(nullptr) < end) {
    if (Fork() != 0) _exit(0);
    SleepMs(1);
  }
  return 0;
}

/// storm: processes that fork until there are many of them, and replace those that die.
int Storm(const Args&) {
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) Fail("mmap");
  auto* alive = new (page) std::atomic<int>(1);
  std::signal(SIGCHLD, SIG_IGN);
  Print(1, "ready\n");
  for (;;) {
    if (alive->fetch_add(1) >= kMaxStorm) {
      alive->fetch_sub(1);
      SleepMs(1);
    } else if (Fork() == 0 && (getpid() & 3) == 0) {
      SleepMs(2);
      alive->fetch_sub(1);
      _exit(0);
    }
  }
}

}  // namespace

const std::vector<Role>& ProcessRoles() {
  static const std::vector<Role> roles = {
      {"exit-by", ExitBy},
      {"sleep", Sleep},
      {"wait", Wait},
      {"ignore-terminate", IgnoreTerminate},
      {"on-terminate", OnTerminate},
      {"freeze", Freeze},
      {"fork-tree", ForkTree},
      {"leave-behind", LeaveBehind},
      {"comet", Comet},
      {"storm", Storm},
  };
  return roles;
}

}  // namespace probe
