// Roles that end, refuse to end, or leave descendants behind.
#include "probe.h"

namespace probe {
namespace {

constexpr LONG kMaxStorm = 48;

/// exit-by code <n> | abort. Writes a line first, so that partial output can be looked for.
int ExitBy(const Args& args) {
  Print(1, "partial\n");
  if (args.at(0) == "abort") RaiseException(EXCEPTION_ACCESS_VIOLATION, EXCEPTION_NONCONTINUABLE, 0, nullptr);
  if (args[0] == "signal") return 97;  // there are none
  ExitProcess(static_cast<UINT>(Number(args, 1, 0)));
}

int SleepFor(const Args& args) {
  Sleep(static_cast<DWORD>(Number(args, 0, 0)));
  return 0;
}

/// wait: says that it is there and stays.
int Wait(const Args&) {
  Print(1, "ready\n");
  WaitForever();
}

int Stay(const Args&) { WaitForever(); }

BOOL WINAPI Ignore(DWORD) { return TRUE; }

int IgnoreTerminate(const Args&) {
  SetConsoleCtrlHandler(Ignore, TRUE);
  Print(1, "ready\n");
  WaitForever();
}

HANDLE asked_to_end = nullptr;

BOOL WINAPI Note(DWORD) {
  SetEvent(asked_to_end);
  return TRUE;
}

/// on-terminate <code> <bytes>: answers a console break with a pattern of that many bytes and exits with that code.
int OnTerminate(const Args& args) {
  asked_to_end = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  SetConsoleCtrlHandler(Note, TRUE);
  Print(1, "ready\n");
  WaitForSingleObject(asked_to_end, INFINITE);
  WritePattern(1, Number(args, 1, 0));
  return static_cast<int>(Number(args, 0, 0));
}

int Freeze(const Args&) {
  Print(2, "a process does not stop itself on Windows\n");
  return 97;
}

std::string FreshName(const char* kind) {
  return std::string("custody-") + kind + "-" + std::to_string(GetCurrentProcessId()) + "-" +
         std::to_string(GetTickCount64());
}

HANDLE OpenCounter(const std::string& name) {
  const HANDLE counter = CreateSemaphoreW(nullptr, 0, kMaxStorm * 100, ToWide(name).c_str());
  if (counter == nullptr) Fail("semaphore");
  return counter;
}

void WaitForAll(HANDLE counter, uint64_t count) {
  for (uint64_t seen = 0; seen < count; seen++) WaitForSingleObject(counter, INFINITE);
}

/// .tree <depth> <breadth> <name>: starts the levels below, and says by the semaphore that it is there.
int Tree(const Args& args) {
  const uint64_t depth = Number(args, 0, 0);
  for (uint64_t child = 0; depth > 0 && child < Number(args, 1, 1); child++) {
    StartSelf({".tree", std::to_string(depth - 1), args[1], args.at(2)}, true);
  }
  ReleaseSemaphore(OpenCounter(args.at(2)), 1, nullptr);
  WaitForever();
}

/// fork-tree <depth> <breadth> [exit]: `ready <processes>` once all are there; `exit`: the leader leaves then.
int ForkTree(const Args& args) {
  const uint64_t depth = Number(args, 0, 1);
  const uint64_t breadth = Number(args, 1, 1);
  uint64_t total = 1;
  for (uint64_t level = depth, width = breadth; level > 0; level--, width *= breadth) total += width;
  const std::string name = FreshName("tree");
  const HANDLE counter = OpenCounter(name);
  for (uint64_t child = 0; depth > 0 && child < breadth; child++) {
    StartSelf({".tree", std::to_string(depth - 1), std::to_string(breadth), name}, true);
  }
  WaitForAll(counter, total - 1);
  Print(1, "ready " + std::to_string(total) + "\n");
  if (Has(args, "exit")) return 0;
  WaitForever();
}

/// .left <name> [late <ms>]
int Left(const Args& args) {
  const HANDLE told = OpenCounter(args.at(0) + "-told");
  ReleaseSemaphore(OpenCounter(args.at(0)), 1, nullptr);
  if (!Has(args, "late")) WaitForever();
  WaitForSingleObject(told, INFINITE);
  Sleep(static_cast<DWORD>(Number(args, args.size() - 1, 0)));
  Print(1, "late\n");
  return 0;
}

/// Leaves one process behind and exits 0 once it is there. `held`: it keeps the output pipes. `setsid`: it is detached.
/// Arguments: [held] [setsid] [stay] [late <ms>: ends by itself after a line of its own]. Prints its pid first.
int LeaveBehind(const Args& args) {
  const std::string name = FreshName("left");
  const HANDLE counter = OpenCounter(name);
  const HANDLE told = OpenCounter(name + "-told");
  const bool late = Has(args, "late");
  const DWORD pid = late ? StartSelf({".left", name, "late", args.back()}, true)
                         : StartSelf({".left", name}, Has(args, "held"), Has(args, "setsid"));
  WaitForAll(counter, 1);
  Print(1, "left " + std::to_string(pid) + "\n");
  ReleaseSemaphore(told, 1, nullptr);
  if (Has(args, "stay")) WaitForever();
  return 0;
}

/// comet: moves on to a new process again and again; each predecessor exits 0.
int Comet(const Args&) {
  Print(1, "ready\n");
  StartSelf({".comet", std::to_string(GetTickCount64() + kLifetimeMs)}, false);
  return 0;
}

/// .comet <end>
int NextComet(const Args& args) {
  Sleep(1);
  if (GetTickCount64() < Number(args, 0, 0)) StartSelf({".comet", args.at(0)}, false);
  return 0;
}

/// .storm <name>: the semaphore holds how many may still be started.
int Storming(const Args& args) {
  const HANDLE room = OpenCounter(args.at(0));
  for (;;) {
    WaitForSingleObject(room, INFINITE);
    StartSelf({".storm", args.at(0)}, true);
    if ((GetCurrentProcessId() & 12) != 0) continue;
    ReleaseSemaphore(room, 1, nullptr);
    return 0;
  }
}

/// storm: processes that start others until there are many of them, and replace those that end.
int Storm(const Args&) {
  const std::string name = FreshName("storm");
  ReleaseSemaphore(OpenCounter(name), kMaxStorm, nullptr);
  Print(1, "ready\n");
  for (;;) Storming({name});
}

}  // namespace

const std::vector<Role>& ProcessRoles() {
  static const std::vector<Role> roles = {
      {"exit-by", ExitBy},
      {"sleep", SleepFor},
      {"wait", Wait},
      {"ignore-terminate", IgnoreTerminate},
      {"on-terminate", OnTerminate},
      {"freeze", Freeze},
      {"fork-tree", ForkTree},
      {"leave-behind", LeaveBehind},
      {"comet", Comet},
      {"storm", Storm},
      {".stay", Stay},
      {".tree", Tree},
      {".left", Left},
      {".comet", NextComet},
      {".storm", Storming},
  };
  return roles;
}

}  // namespace probe
