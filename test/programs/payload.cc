// The processes that the containment suite tries to lose: `payload <kind> <ready file> [option]...`, `payload --kinds` lists
// them. A payload creates its ready file once everything it starts is there. Every process ends itself after a while,
// whatever the test does: alarms do not pass through fork, so only Fork() is used. Nothing here depends on the code under test.
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <new>
#include <string>
#include <vector>

namespace {

constexpr unsigned kLifetimeSeconds = 50;
constexpr int kMaxStorm = 160;
/// Ends a storm that goes on too long. Where the first process of the machine reaps slowly, its zombies use up the pids.
constexpr int kMaxStormForks = 8'000;
constexpr long kNanosPerMilli = 1'000'000;

int ready_pipe[2];

[[noreturn]] void Fail(const char* operation) {
  std::fprintf(stderr, "payload: %s: %s\n", operation, std::strerror(errno));
  _exit(99);
}

void SleepNanos(long nanos) {
  timespec left{nanos / 1'000'000'000, nanos % 1'000'000'000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

[[noreturn]] void WaitForever() {
  for (;;) pause();
}

/// -1 passes through: a fork that fails is no error in a storm.
pid_t TryFork() {
  const pid_t pid = fork();
  if (pid == 0) alarm(kLifetimeSeconds);
  return pid;
}

pid_t Fork() {
  const pid_t pid = TryFork();
  if (pid < 0) Fail("fork");
  return pid;
}

void DropStdio() {
  const int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= 2; fd++) dup2(null, fd);
  if (null > 2) close(null);
}

/// A descendant says that it is in its place.
void Arrive() {
  if (write(ready_pipe[1], "r", 1) != 1) Fail("write");
  close(ready_pipe[0]);
  close(ready_pipe[1]);
}

void AwaitArrivals(int count) {
  for (char mark = 0; count > 0; count--) {
    if (read(ready_pipe[0], &mark, 1) != 1) Fail("read");
  }
  close(ready_pipe[0]);
  close(ready_pipe[1]);
}

void CreateFile(const std::string& path) {
  const int fd = open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
  if (fd < 0) Fail("open");
  close(fd);
}

// Each kind starts its processes and returns in the leader once they are there.

void Plain() {
  if (Fork() == 0) {
    if (Fork() == 0) Arrive();
    WaitForever();
  }
  AwaitArrivals(1);
}

void IgnoreTerminate() {
  std::signal(SIGTERM, SIG_IGN);
  Plain();
}

void SetPgid() {
  if (Fork() == 0) {
    if (setpgid(0, 0) != 0) Fail("setpgid");
    Arrive();
    WaitForever();
  }
  AwaitArrivals(1);
}

void SetSid() {
  if (Fork() == 0) {
    if (setsid() < 0) Fail("setsid");
    Arrive();
    WaitForever();
  }
  AwaitArrivals(1);
}

/// Forks twice with a new session between, as daemon(3) does; returns in the daemon only.
bool BecomeDaemon() {
  const pid_t first = Fork();
  if (first != 0) {
    waitpid(first, nullptr, 0);
    return false;
  }
  if (setsid() < 0) Fail("setsid");
  if (Fork() != 0) _exit(0);
  DropStdio();
  return true;
}

void DaemonKept() {
  if (BecomeDaemon()) {
    Arrive();
    WaitForever();
  }
  AwaitArrivals(1);
}

/// The daemon executes itself anew with an empty environment: no marker of any kind is left in it.
void DaemonCleared() {
  if (BecomeDaemon()) {
    dup2(ready_pipe[1], 3);
    char* const arguments[] = {const_cast<char*>("daemon"), const_cast<char*>("--arrive-at-3"), nullptr};
    char* const environment[] = {nullptr};
    execve("/proc/self/exe", arguments, environment);
    Fail("execve");
  }
  AwaitArrivals(1);
}

void HoldsPipe() {
  if (Fork() == 0) {
    Arrive();
    WaitForever();
  }
  AwaitArrivals(1);
}

/// Moves on to a new process and a new session all the time; each predecessor exits 0.
void Comet() {
  if (Fork() == 0) {
    DropStdio();
    const time_t end = time(nullptr) + kLifetimeSeconds;
    for (int hop = 0; time(nullptr) < end; hop++) {
      if (Fork() != 0) _exit(0);
      setsid();
      if (hop == 3) Arrive();
      SleepNanos(kNanosPerMilli);
    }
    _exit(0);
  }
  AwaitArrivals(1);
}

/// One entry per living process: its pid, or minus the pid of the one that is about to fork into the entry. Taken over when
/// that process is gone, so that a storm replaces those that are killed and never has more members than entries.
struct StormTable {
  std::atomic<int> entries[kMaxStorm];
  std::atomic<int> forks;
  timespec end;
};

bool IsOver(const StormTable& table) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec >= table.end.tv_sec || table.forks.load() > kMaxStormForks;
}

bool IsGone(int entry) { return entry == 0 || (kill(entry < 0 ? -entry : entry, 0) != 0 && errno == ESRCH); }

/// Takes an entry near `start`; -1 if there is none.
int TakeEntry(StormTable& table, int size, int start, int own) {
  for (int look = 0; look < 8; look++) {
    const int index = (start + look) % size;
    int seen = table.entries[index].load();
    if (IsGone(seen) && table.entries[index].compare_exchange_strong(seen, -own)) return index;
  }
  return -1;
}

/// Forks into free entries for ever; some of its processes leave the group, some exit again.
[[noreturn]] void RunStorm(StormTable& table, int size) {
  int own = getpid();
  for (int turn = 0;; turn++) {
    if (IsOver(table)) _exit(0);
    const int index = TakeEntry(table, size, (own + turn * 7) % size, own);
    if (index < 0) {
      SleepNanos(4 * kNanosPerMilli);
      continue;
    }
    table.forks.fetch_add(1);
    const pid_t pid = TryFork();
    if (pid > 0) table.entries[index].store(pid);
    if (pid < 0) table.entries[index].store(0);
    if (pid < 0) SleepNanos(4 * kNanosPerMilli);
    if (pid != 0) continue;
    own = getpid();
    table.entries[index].store(own);
    if (own % 3 == 0) setsid();
    if (own % 5 == 0) {
      SleepNanos(10 * kNanosPerMilli);
      _exit(0);
    }
  }
}

/// The leader is a member that does not fork any more once there are `size` of them.
void Storm(int size) {
  void* page = mmap(nullptr, sizeof(StormTable), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) Fail("mmap");
  auto* table = new (page) StormTable{};
  clock_gettime(CLOCK_MONOTONIC, &table->end);
  table->end.tv_sec += 25;
  std::signal(SIGCHLD, SIG_IGN);
  table->entries[0].store(getpid());
  if (Fork() == 0) {
    DropStdio();
    RunStorm(*table, size);
  }
  const auto taken = [&] {
    return std::count_if(table->entries, table->entries + size, [](const auto& entry) { return entry.load() > 0; });
  };
  while (taken() < size * 9 / 10 && !IsOver(*table)) SleepNanos(kNanosPerMilli);
}

/// A descendant that has become another user's: `program` is a set-uid copy of this one.
void SetUid(const char* program) {
  if (Fork() == 0) {
    DropStdio();
    dup2(ready_pipe[1], 3);
    execl(program, program, "--become-owner-and-arrive-at-3", nullptr);
    Fail("execl");
  }
  AwaitArrivals(1);
}

[[noreturn]] void ArriveAt3() {
  if (write(3, "r", 1) != 1) _exit(98);
  for (int fd = 3; fd < 64; fd++) close(fd);
  WaitForever();
}

[[noreturn]] void BecomeOwner() {
  const uid_t owner = geteuid();
  if (setresuid(owner, owner, owner) != 0) _exit(97);
  ArriveAt3();
}

/// Keeps a copy of every descriptor of a process, as a fork without exec in it would.
[[noreturn]] void HoldDescriptors(int pid) {
  const int process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  DIR* folder = opendir(("/proc/" + std::to_string(pid) + "/fd").c_str());
  if (process < 0 || folder == nullptr) Fail("hold");
  int held = 0;
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] == '.') continue;
    if (syscall(SYS_pidfd_getfd, process, std::atoi(entry->d_name), 0) >= 0) held++;
  }
  closedir(folder);
  close(process);
  std::printf("held %d\n", held);
  std::fflush(stdout);
  WaitForever();
}

struct Kind {
  const char* name;
  void (*start)();
  bool leader_leaves;
};

constexpr Kind kKinds[] = {
    {"plain", Plain, false},         {"ignore-terminate", IgnoreTerminate, false}, {"setpgid", SetPgid, false},
    {"setsid", SetSid, false},       {"daemon-cleared", DaemonCleared, false},     {"daemon-kept", DaemonKept, false},
    {"comet", Comet, false},         {"leaves-daemon", DaemonCleared, true},       {"leaves-comet", Comet, true},
    {"holds-pipe", HoldsPipe, true},
};

[[noreturn]] void Flood() {
  static char block[4096];
  std::memset(block, 'x', sizeof block);
  for (;;) {
    if (write(1, block, sizeof block) < 0) WaitForever();
    SleepNanos(kNanosPerMilli);
  }
}

/// What the leader does once everything is there.
int Stay(const std::string& ready_file, bool leaves, const std::vector<std::string>& options) {
  CreateFile(ready_file);
  if (leaves) return 0;
  if (std::find(options.begin(), options.end(), "flood") != options.end()) Flood();
  WaitForever();
}

}  // namespace

int main(int argc, char** argv) {
  alarm(kLifetimeSeconds);
  const std::string wanted = argc > 1 ? argv[1] : "";
  if (wanted == "--arrive-at-3") ArriveAt3();
  if (wanted == "--become-owner-and-arrive-at-3") BecomeOwner();
  if (wanted == "hold-descriptors" && argc > 2) HoldDescriptors(std::atoi(argv[2]));
  if (wanted != "--kinds" && argc < 3) return 99;
  const std::vector<std::string> options(argv + std::min(argc, 3), argv + argc);
  if (pipe(ready_pipe) != 0) Fail("pipe");
  for (const Kind& kind : kKinds) {
    if (wanted == "--kinds") std::puts(kind.name);
    if (wanted != kind.name) continue;
    kind.start();
    return Stay(argv[2], kind.leader_leaves, options);
  }
  if (wanted == "--kinds") return std::puts("storm\nset-uid") < 0;
  if (wanted == "storm") {
    Storm(std::clamp(options.empty() ? 0 : std::atoi(options[0].c_str()), 2, kMaxStorm));
    return Stay(argv[2], false, options);
  }
  if (wanted == "set-uid" && !options.empty()) {
    SetUid(options[0].c_str());
    return Stay(argv[2], false, options);
  }
  std::fprintf(stderr, "payload: no kind '%s'\n", wanted.c_str());
  return 99;
}
