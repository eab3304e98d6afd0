#include "guardian/launch_leader.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "guardian/kernel_calls.h"
#include "platform/posix/child_entry.h"

namespace custody::guardian {

namespace {

using core::wire::StartStage;
using platform::ChildBlock;
using platform::ChildLimit;
using platform::ChildStep;

constexpr std::size_t kMostLimits = 5;
constexpr std::size_t kChildStackBytes = std::size_t{16} << 10;

struct ChildLimits {
  std::array<ChildLimit, kMostLimits> all{};
  std::size_t count = 0;

  /// What the system already forbids to exceed stays forbidden: a higher wish would be refused, and is no limit.
  void Add(int resource, std::uint64_t soft, std::uint64_t hard) {
    if (soft == core::wire::kNoLimit) return;
    rlimit now{RLIM_INFINITY, RLIM_INFINITY};
    ::getrlimit(static_cast<__rlimit_resource>(resource), &now);
    hard = std::min<std::uint64_t>(hard, now.rlim_max);
    all[count++] = {resource, std::min(soft, hard), hard};
  }
};

ChildLimits ToChildLimits(const LeaderOrder& order) {
  constexpr std::uint64_t kMillisPerSecond = 1'000;
  ChildLimits limits;
  const core::wire::Limits& wanted = order.limits;
  if (!order.cgroup_bounds_memory) limits.Add(RLIMIT_AS, wanted.memory_bytes, wanted.memory_bytes);
  limits.Add(RLIMIT_NPROC, wanted.processes, wanted.processes);
  limits.Add(RLIMIT_NOFILE, wanted.open_files, wanted.open_files);
  limits.Add(RLIMIT_FSIZE, wanted.file_bytes, wanted.file_bytes);
  if (wanted.cpu_ms != core::wire::kNoLimit) {
    // Rounded up: a command gets what it was promised. The soft limit sends SIGXCPU, which names the reason; one second
    // later the hard one kills.
    const std::uint64_t seconds = wanted.cpu_ms / kMillisPerSecond + (wanted.cpu_ms % kMillisPerSecond == 0 ? 0U : 1U);
    limits.Add(RLIMIT_CPU, seconds, seconds + 1);
  }
  return limits;
}

StartStage ToStage(ChildStep step) {
  switch (step) {
    case ChildStep::kChdir:
      return StartStage::kChdir;
    case ChildStep::kLimits:
      return StartStage::kLimits;
    case ChildStep::kExec:
      return StartStage::kExec;
    case ChildStep::kSetGroup:
    case ChildStep::kTerminal:
    case ChildStep::kDescriptors:
      break;
  }
  return StartStage::kFork;
}

/// On a part of our own stack, which stands still meanwhile: no page is touched for this alone.
__attribute__((noinline)) pid_t CloneSharing(ChildBlock* block) {
  alignas(16) char stack[kChildStackBytes];
  return ::clone(platform::EnterCommand, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, block);
}

/// The kernel's `struct clone_args`, first version with `cgroup`. Source: Linux clone3(2), CLONE_INTO_CGROUP since 5.7.
struct CloneArguments {
  std::uint64_t flags = 0;
  std::uint64_t pidfd = 0;
  std::uint64_t child_tid = 0;
  std::uint64_t parent_tid = 0;
  std::uint64_t exit_signal = 0;
  std::uint64_t stack = 0;
  std::uint64_t stack_size = 0;
  std::uint64_t tls = 0;
  std::uint64_t set_tid = 0;
  std::uint64_t set_tid_size = 0;
  std::uint64_t cgroup = 0;
};

}  // namespace

pid_t ForkIntoCgroup(int cgroup, bool waits) {
  constexpr std::uint64_t kCloneIntoCgroup = 0x200000000;
  CloneArguments arguments;
  arguments.flags = kCloneIntoCgroup | (waits ? CLONE_VFORK : 0);
  arguments.exit_signal = SIGCHLD;
  arguments.cgroup = static_cast<std::uint64_t>(cgroup);
  return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
}

LeaderStart LaunchLeader(const LeaderOrder& order) {
  const ChildLimits limits = ToChildLimits(order);
  ChildBlock own{order.text.path, order.text.argv,   order.text.environment, order.text.directory, order.stdio,
                 order.terminal,  limits.all.data(), limits.count,           ChildStep::kExec,     0};
  ChildBlock* block = &own;
  if (order.cgroup != -1) {
    void* const shared = ::mmap(nullptr, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return {-1, errno, StartStage::kFork};
    block = static_cast<ChildBlock*>(shared);
    *block = own;
  }
  const pid_t pid = order.cgroup == -1 ? CloneSharing(block) : ForkIntoCgroup(order.cgroup, true);
  if (pid == 0) ::_exit(platform::EnterCommand(block));
  LeaderStart start{pid, pid == -1 ? errno : block->error, StartStage::kFork};
  if (pid != -1 && start.error != 0) {
    start.stage = ToStage(block->failed_step);
    start.pid = -1;
    RetryOnEintr([&] { return ::waitpid(pid, nullptr, __WALL); });
  }
  if (block != &own) ::munmap(block, sizeof own);
  return start;
}

}  // namespace custody::guardian
