#include "platform/linux/spawn_clone.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <new>

#include "platform/posix/child_entry.h"
#include "platform/posix/child_limits.h"
#include "platform/posix/posix_error.h"

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif

namespace custody::platform {

namespace {

constexpr std::size_t kStackBytes = std::size_t{64} << 10;

core::OsError ToError(const ChildBlock& block) {
  switch (block.failed_step) {
    case ChildStep::kChdir:
      return {block.error, "chdir", core::ErrorSubject::kCwd};
    case ChildStep::kExec:
      return {block.error, "exec"};
    case ChildStep::kIdentity:
      return {block.error, "identity"};
    case ChildStep::kSetGroup:
    case ChildStep::kTerminal:
    case ChildStep::kDescriptors:
    case ChildStep::kLimits:
      break;
  }
  return {block.error, "spawn"};
}

/// Blocks all signals of this thread but SIGCHLD while it lives. The child starts with this mask, so that no handler of the host
/// runs in it; SIGCHLD it blocks first of all. That one stays open here: children that end while this thread stands in the
/// call would otherwise wake JavaScript's thread, one by one: the kernel looks for a thread that takes the signal.
class MaskedSignals {
 public:
  MaskedSignals() {
    sigset_t mask;
    sigfillset(&mask);
    sigdelset(&mask, SIGCHLD);
    ::pthread_sigmask(SIG_SETMASK, &mask, &before_);
  }
  ~MaskedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  MaskedSignals(const MaskedSignals&) = delete;
  MaskedSignals& operator=(const MaskedSignals&) = delete;

 private:
  sigset_t before_;
};

/// A block that parent and child share where they share nothing else.
class SharedBlock {
 public:
  SharedBlock() = default;
  ~SharedBlock() {
    if (block_ != nullptr) ::munmap(block_, sizeof *block_);
  }
  SharedBlock(const SharedBlock&) = delete;
  SharedBlock& operator=(const SharedBlock&) = delete;

  /// Null without memory; errno says why.
  ChildBlock* Put(const ChildBlock& block) {
    void* const memory = ::mmap(nullptr, sizeof block, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    block_ = new (memory) ChildBlock(block);
    return block_;
  }

 private:
  ChildBlock* block_ = nullptr;
};

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
  const ChildLimits limits(request.limits);
  ChildBlock block{request.path.c_str(),
                   const_cast<char* const*>(request.argv.data()),
                   const_cast<char* const*>(request.environment.data()),
                   request.cwd.empty() ? nullptr : request.cwd.c_str(),
                   request.stdio,
                   request.terminal,
                   limits.data(),
                   limits.size(),
                   ChildStep::kExec,
                   0,
                   request.further.data(),
                   request.further.size(),
                   request.executable,
                   request.new_session};
  block.changed_signals = request.changed_signals;
  static_assert(kParentsAccount == core::kHostAccount);
  block.user = request.user;
  block.group = request.group;
  SharedBlock shared;
  ChildBlock* const used = ChangesIdentity(block) ? shared.Put(block) : &block;
  if (used == nullptr) return LastError("spawn");
  int pidfd = -1;
  int flags = (used == &block ? CLONE_VM : 0) | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
  // The kernel stores the child's pid there, in the child and before all else: this thread may be killed meanwhile.
  void* const told = request.group_slot == nullptr ? nullptr : &request.group_slot->leader;
  if (told != nullptr) flags |= CLONE_CHILD_SETTID;
  const MaskedSignals masked;
  const pid_t pid = ::clone(EnterCommand, stack.top(), flags, used, &pidfd, nullptr, told);
  const bool refused = pid == -1 && (errno == ENOSYS || errno == EPERM || errno == EINVAL);
  if (pid == -1) return LastError(refused ? "clone" : "spawn");
  Spawned spawned{pid, OwnedHandle(pidfd), true};
  if (used->error == 0) return spawned;
  // It never became the command: collect it here. By pid, which is ours until this wait.
  if (request.group_slot != nullptr) request.group_slot->leader.store(0, std::memory_order_release);
  siginfo_t ignored{};
  RetryOnEintr([&] { return ::waitid(P_PID, static_cast<id_t>(pid), &ignored, WEXITED | __WALL); });
  return ToError(*used);
}

}  // namespace custody::platform
