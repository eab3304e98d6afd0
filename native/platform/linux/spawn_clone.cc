// The child of this clone shares the host's memory until its exec while the calling thread stands still. So the child may
// not allocate, take a lock or touch anything but its own stack and the block it was given; it speaks to the kernel
// directly, because a C library wrapper may do more (cancellation points, sanitizer interceptors).
#include "platform/linux/spawn_clone.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>

#include "platform/posix/posix_error.h"

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#define CUSTODY_IN_CHILD __attribute__((no_sanitize("address", "undefined", "thread"), noinline))

namespace custody::platform {

namespace {

constexpr std::size_t kStackBytes = std::size_t{64} << 10;
constexpr int kSignals = 64;
constexpr std::size_t kKernelSignalSetBytes = 8;
constexpr int kExecFailed = 127;

enum class ChildStep : int { kSetGroup, kTerminal, kChdir, kDescriptors, kExec };

/// What parent and child share. The child writes only `executable`, `failed_step` and `error`.
struct ChildBlock {
  const char* path;
  char* const* argv;
  char* const* environment;
  const char* cwd;
  std::array<int, 3> stdio;
  const int* further;
  int further_count;
  int executable;
  bool new_session;
  int terminal;
  ChildStep failed_step;
  int error;
};

/// The kernel's `struct sigaction`, all zero: default disposition. Larger than any architecture's.
struct KernelSigaction {
  std::array<std::uint64_t, 8> words{};
};

CUSTODY_IN_CHILD int Fail(ChildBlock* block, ChildStep step) {
  block->error = errno;
  block->failed_step = step;
  return kExecFailed;
}

/// Ignored signals survive an exec, so a host that ignores SIGPIPE (Node does) would hand that down.
CUSTODY_IN_CHILD void DefaultSignals() {
  const KernelSigaction by_default{};
  for (int number = 1; number <= kSignals; ++number) {
    if (number == SIGKILL || number == SIGSTOP) continue;
    ::syscall(SYS_rt_sigaction, number, &by_default, nullptr, kKernelSignalSetBytes);
  }
}

/// Kernels before 5.9: close what /proc lists, and without /proc what the limit allows.
CUSTODY_IN_CHILD void CloseOneByOne(int first) {
  struct Entry {
    std::uint64_t inode;
    std::int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[1];
  };
  alignas(8) char buffer[1024];
  const int directory = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY, 0));
  if (directory == -1) {
    constexpr int kAssumedLimit = 65536;
    for (int fd = first; fd < kAssumedLimit; ++fd) ::syscall(SYS_close, fd);
    return;
  }
  for (bool closed_some = true; closed_some;) {
    closed_some = false;
    ::syscall(SYS_lseek, directory, 0, SEEK_SET);
    for (;;) {
      const long count = ::syscall(SYS_getdents64, directory, buffer, sizeof buffer);
      if (count <= 0) break;
      for (long at = 0; at < count;) {
        const Entry* entry = reinterpret_cast<const Entry*>(buffer + at);
        at += entry->length;
        int fd = 0;
        const char* digit = entry->name;
        for (; *digit >= '0' && *digit <= '9'; ++digit) fd = fd * 10 + (*digit - '0');
        if (digit == entry->name || fd < first || fd == directory) continue;
        ::syscall(SYS_close, fd);
        closed_some = true;
      }
    }
  }
  ::syscall(SYS_close, directory);
}

/// The sources of `further` and `executable` lie above every target, those of `stdio` are used up first.
CUSTODY_IN_CHILD bool PlaceDescriptors(ChildBlock* block) {
  int target = 0;
  for (; target < 3; ++target) {
    if (::syscall(SYS_dup3, block->stdio[static_cast<std::size_t>(target)], target, 0) == -1) return false;
  }
  for (int i = 0; i < block->further_count; ++i, ++target) {
    if (::syscall(SYS_dup3, block->further[i], target, 0) == -1) return false;
  }
  if (block->executable != -1) {
    if (::syscall(SYS_dup3, block->executable, target, O_CLOEXEC) == -1) return false;
    block->executable = target++;
  }
  if (::syscall(SYS_close_range, static_cast<unsigned>(target), UINT_MAX, 0U) == -1) CloseOneByOne(target);
  return true;
}

CUSTODY_IN_CHILD int ChildMain(void* argument) {
  auto* block = static_cast<ChildBlock*>(argument);
  // No handler of the host may run here: it would run in the host's memory, with another pid.
  const std::uint64_t all_signals = ~std::uint64_t{0};
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all_signals, nullptr, kKernelSignalSetBytes);
  DefaultSignals();
  const long grouped = block->new_session ? ::syscall(SYS_setsid) : ::syscall(SYS_setpgid, 0, 0);
  if (grouped == -1) return Fail(block, ChildStep::kSetGroup);
  if (block->terminal != -1) {
    // All signals are still blocked, so the SIGTTOU that a background process earns here does not arrive.
    const pid_t self = static_cast<pid_t>(::syscall(SYS_getpid));
    ::syscall(SYS_ioctl, block->terminal, TIOCSPGRP, &self);
  }
  if (block->cwd != nullptr && ::syscall(SYS_chdir, block->cwd) == -1) return Fail(block, ChildStep::kChdir);
  if (!PlaceDescriptors(block)) return Fail(block, ChildStep::kDescriptors);
  const std::uint64_t no_signals = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &no_signals, nullptr, kKernelSignalSetBytes);
  if (block->executable == -1) {
    ::syscall(SYS_execve, block->path, block->argv, block->environment);
  } else {
    ::syscall(SYS_execveat, block->executable, "", block->argv, block->environment, AT_EMPTY_PATH);
  }
  return Fail(block, ChildStep::kExec);
}

core::OsError ToError(const ChildBlock& block) {
  switch (block.failed_step) {
    case ChildStep::kChdir:
      return {block.error, "chdir", core::ErrorSubject::kCwd};
    case ChildStep::kExec:
      return {block.error, "exec"};
    case ChildStep::kSetGroup:
    case ChildStep::kTerminal:
    case ChildStep::kDescriptors:
      break;
  }
  return {block.error, "spawn"};
}

}  // namespace

CloneStack::CloneStack() : guard_bytes_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
  void* const base = ::mmap(nullptr, kStackBytes + guard_bytes_, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return;
  base_ = base;
  ::mprotect(base_, guard_bytes_, PROT_NONE);
}

CloneStack::~CloneStack() {
  if (base_ != nullptr) ::munmap(base_, kStackBytes + guard_bytes_);
}

void* CloneStack::top() const { return static_cast<char*>(base_) + kStackBytes + guard_bytes_; }

core::Result<Spawned> SpawnByClone(const SpawnRequest& request, const CloneStack& stack) {
  ChildBlock block{request.path.c_str(),
                   const_cast<char* const*>(request.argv.data()),
                   const_cast<char* const*>(request.environment.data()),
                   request.cwd.empty() ? nullptr : request.cwd.c_str(),
                   request.stdio,
                   request.further.data(),
                   static_cast<int>(request.further.size()),
                   request.executable,
                   request.new_session,
                   request.terminal,
                   ChildStep::kExec,
                   0};
  int pidfd = -1;
  // The child starts with this thread's mask: everything blocked but SIGCHLD (EngineThread), which the child blocks first of
  // all. It must stay open here: children that end while this thread stands in the call would otherwise wake
  // JavaScript's thread, one by one: the kernel looks for a thread that takes the signal.
  const pid_t pid = ::clone(ChildMain, stack.top(), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &block, &pidfd);
  const bool refused = pid == -1 && (errno == ENOSYS || errno == EPERM || errno == EINVAL);
  if (pid == -1) return LastError(refused ? "clone" : "spawn");
  Spawned spawned{pid, OwnedHandle(pidfd)};
  if (block.error == 0) return spawned;
  // It never became the command: collect it here. By pid, which is ours until this wait.
  siginfo_t ignored{};
  RetryOnEintr([&] { return ::waitid(P_PID, static_cast<id_t>(pid), &ignored, WEXITED | __WALL); });
  return ToError(block);
}

}  // namespace custody::platform
