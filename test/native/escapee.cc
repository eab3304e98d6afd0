// A payload for the guardian's tests: each role tries to get away from whoever started it. Every process ends itself after
// half a minute, and a storm has at most 100 at once.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

constexpr unsigned kSelfDestructSeconds = 30;

[[noreturn]] void Stay() {
  for (;;) pause();
}

/// fork, with the alarm that a child does not inherit.
pid_t Fork() {
  const pid_t pid = fork();
  if (pid == 0) alarm(kSelfDestructSeconds);
  return pid;
}

void Daemon() {
  if (Fork() != 0) return;
  setsid();
  clearenv();
  if (Fork() != 0) _exit(0);
  Stay();
}

/// Moves on to a new process, in a new session, at every hop; only a share of the alarm is left to each.
[[noreturn]] void Comet() {
  for (int hop = 0; hop < 20000; ++hop) {
    const pid_t pid = Fork();
    if (pid > 0) _exit(0);
    if (pid == 0) setsid();
    usleep(200);
  }
  _exit(0);
}

[[noreturn]] void Storm(int most) {
  auto* const alive =
      static_cast<int*>(mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  // The count goes up only: it bounds how many there can ever be. A killed one is not replaced beyond twice the number.
  __atomic_store_n(alive, 1, __ATOMIC_SEQ_CST);
  for (;;) {
    if (__atomic_add_fetch(alive, 1, __ATOMIC_SEQ_CST) > most) Stay();
    const pid_t pid = Fork();
    if (pid == 0 && rand() % 2 == 0) setsid();
    if (pid == -1) Stay();
  }
}

/// In each of some processes; each has touched every page.
[[noreturn]] void HoldMemory(int mebibytes, int processes) {
  for (int i = 1; i < processes; ++i) {
    if (Fork() == 0) break;
  }
  const size_t bytes = static_cast<size_t>(mebibytes) << 20;
  void* const piece = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (piece != MAP_FAILED) memset(piece, 1, bytes);
  Stay();
}

/// As Node and Go do: much is reserved, little is touched.
int ReserveAddresses() {
  constexpr size_t kReserved = size_t{8} << 30;
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void* const piece = mmap(nullptr, kReserved, PROT_READ | PROT_WRITE, kFlags, -1, 0);
  if (piece == MAP_FAILED) return 3;
  memset(piece, 1, 4096);
  usleep(150'000);
  return 0;
}

int RunThreads() {
  for (int i = 0; i < 8; ++i) {
    pthread_t thread{};
    const auto wait = [](void*) -> void* { Stay(); };
    if (pthread_create(&thread, nullptr, wait, nullptr) != 0) return 3;
  }
  usleep(150'000);
  return 0;
}

/// Uses up so much processor time, all of it in user mode.
void Burn(long milliseconds) {
  const clock_t end = clock() + milliseconds * (CLOCKS_PER_SEC / 1000);
  while (clock() < end) {
    for (volatile int turns = 0; turns < 100'000; turns = turns + 1) {
    }
  }
}

/// One short-lived process after the other does the work: none of them ever has much time to its name.
int BurnInTurns(long milliseconds) {
  for (long done = 0; done < milliseconds; done += 50) {
    const pid_t pid = Fork();
    if (pid == 0) {
      Burn(50);
      _exit(0);
    }
    waitpid(pid, nullptr, 0);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  alarm(kSelfDestructSeconds);
  const char* role = argc > 1 ? argv[1] : "";
  if (strcmp(role, "true") == 0) return 0;
  if (strcmp(role, "stay") == 0) Stay();
  if (strcmp(role, "grandchild") == 0) {
    Fork();
    Stay();
  }
  if (strcmp(role, "ignore") == 0) {
    signal(SIGTERM, SIG_IGN);
    Fork();
    Stay();
  }
  if (strcmp(role, "setsid") == 0) {
    if (Fork() == 0) setsid();
    Stay();
  }
  if (strcmp(role, "setpgid") == 0) {
    if (Fork() == 0) setpgid(0, 0);
    Stay();
  }
  if (strcmp(role, "vfork") == 0) {
    // The parent waits uninterruptibly until the child is gone.
    if (vfork() == 0) Stay();
    Stay();
  }
  if (strcmp(role, "daemon") == 0) {
    Daemon();
    Stay();
  }
  if (strcmp(role, "leave-daemon") == 0) {
    Daemon();
    return 7;
  }
  if (strcmp(role, "comet") == 0) Comet();
  if (strcmp(role, "storm") == 0) Storm(argc > 2 ? atoi(argv[2]) : 60);
  if (strcmp(role, "become-root") == 0) {
    // A set-uid program that takes its rights for good: nobody but root may signal it now.
    if (setresuid(0, 0, 0) != 0) return 98;
    Stay();
  }
  if (strcmp(role, "eat-memory") == 0) {
    constexpr size_t kStep = size_t{16} << 20;
    for (int step = 0; step < 64; ++step) {
      void* const piece = mmap(nullptr, kStep, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (piece == MAP_FAILED) return 3;
      memset(piece, 1, kStep);
    }
    return 0;
  }
  if (strcmp(role, "hold-memory") == 0) HoldMemory(atoi(argv[2]), atoi(argv[3]));
  if (strcmp(role, "reserve-addresses") == 0) return ReserveAddresses();
  if (strcmp(role, "threads") == 0) return RunThreads();
  if (strcmp(role, "burn") == 0) Burn(kSelfDestructSeconds * 1000);
  if (strcmp(role, "burn-in-turns") == 0) return BurnInTurns(argc > 2 ? atoi(argv[2]) : 10'000);
  if (strcmp(role, "write-file") == 0) {
    if (argc == 3) signal(SIGXFSZ, SIG_IGN);
    const int file = open(argv[2], O_CREAT | O_WRONLY, 0600);
    const char text[4096] = {};
    // What fits is written; only a write of which nothing fits is signalled.
    const bool was_cut = write(file, text, sizeof text) == 1000;
    if (argc > 3 && write(file, text, sizeof text) > 0) return 3;
    return was_cut ? 4 : 0;
  }
  if (strcmp(role, "count-files") == 0) {
    int count = 0;
    while (open("/dev/null", O_RDONLY) != -1) ++count;
    return count;
  }
  if (strcmp(role, "is-first") == 0) return getppid() == 1 ? 6 : 0;
  if (strcmp(role, "ids") == 0) return geteuid() == static_cast<uid_t>(atoi(argv[2])) ? 6 : 0;
  if (strcmp(role, "working-directory") == 0) {
    char folder[4096];
    return getcwd(folder, sizeof folder) != nullptr && strcmp(folder, argv[2]) == 0 ? 6 : 0;
  }
  if (strcmp(role, "count-arguments") == 0) return argc % 251;
  if (strcmp(role, "stop") == 0) {
    raise(SIGSTOP);
    return 5;
  }
  return 99;
}
