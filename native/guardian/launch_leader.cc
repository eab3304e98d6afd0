#include "guardian/launch_leader.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "guardian/kernel_calls.h"
#include "guardian/quiet_signals.h"
#include "platform/posix/child_entry.h"
#include "platform/posix/child_limits.h"

namespace custody::guardian {

namespace {

using core::wire::StartStage;
using platform::ChildBlock;
using platform::ChildStep;

constexpr std::size_t kChildStackBytes = std::size_t{16} << 10;

StartStage ToStage(ChildStep step) {
  switch (step) {
    case ChildStep::kChdir:
      return StartStage::kChdir;
    case ChildStep::kLimits:
      return StartStage::kLimits;
    case ChildStep::kIdentity:
      return StartStage::kIdentity;
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
__attribute__((noinline)) pid_t CloneWaiting(ChildBlock* block, int sharing) {
  alignas(16) char stack[kChildStackBytes];
  return ::clone(platform::EnterCommand, stack + sizeof stack, sharing | CLONE_VFORK | SIGCHLD, block);
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
  const platform::ChildLimits limits(order.limits);
  ChildBlock own{order.text.path, order.text.argv, order.text.environment, order.text.directory, order.stdio,
                 order.terminal,  limits.data(),   limits.size(),          ChildStep::kExec,     0};
  static_assert(platform::kParentsUmask == core::wire::kNoUmask);
  own.umask = order.umask;
  static_assert(platform::kParentsAccount == core::wire::kNoAccount);
  own.user = order.user;
  own.group = order.group;
  own.changed_signals = JobSignalBits();
  ChildBlock* block = &own;
  const bool shares_memory = order.cgroup == -1 && !ChangesIdentity(own);
  if (!shares_memory) {
    void* const shared = ::mmap(nullptr, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return {-1, errno, StartStage::kFork};
    block = static_cast<ChildBlock*>(shared);
    *block = own;
  }
  const pid_t pid =
      order.cgroup == -1 ? CloneWaiting(block, shares_memory ? CLONE_VM : 0) : ForkIntoCgroup(order.cgroup, true);
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
