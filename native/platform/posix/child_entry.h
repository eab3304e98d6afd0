#pragma once
// What happens between a clone and the exec of a command, in the child. Used by the engine (spawn_clone.cc) and by the
// guardian's shims, so that a command starts the same way whoever starts it.
//
// The child shares its parent's memory until the exec, while the parent's thread stands still. So it may not allocate, take a
// lock or touch anything but its own stack and the block it was given; it speaks to the kernel directly, because a C
// library wrapper may do more (cancellation points, sanitizer interceptors).
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstddef>
#include <cstdint>

#include "platform/posix/child_limits.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#define CUSTODY_IN_CHILD __attribute__((no_sanitize("address", "undefined", "thread"), noinline)) inline

namespace custody::platform {

/// Signals as bits, signal n at bit n - 1.
using SignalBits = std::uint64_t;
inline constexpr SignalBits kEverySignal = ~SignalBits{0};

/// The child keeps its parent's umask.
inline constexpr std::uint32_t kParentsUmask = ~std::uint32_t{0};

/// The child keeps its parent's user or group.
inline constexpr std::uint32_t kParentsAccount = ~std::uint32_t{0};

enum class ChildStep : int { kSetGroup, kTerminal, kChdir, kDescriptors, kLimits, kIdentity, kExec };

/// What parent and child share. The child writes only `failed_step`, `error` and `executable`.
struct ChildBlock {
  const char* path;
  char* const* argv;
  char* const* environment;
  /// Null: where the parent is.
  const char* cwd;
  /// Become descriptors 0, 1 and 2. Each is at least 3.
  std::array<int, 3> stdio;
  /// A terminal whose foreground group the child's becomes; -1: none.
  int terminal;
  const ChildLimit* limits;
  std::size_t limit_count;
  ChildStep failed_step;
  int error;
  /// Become descriptors 3, 4, ...; each lies above all of those numbers.
  const int* further = nullptr;
  std::size_t further_count = 0;
  /// A file to be executed instead of `path`, as a descriptor above those numbers; -1: none.
  int executable = -1;
  /// A session of its own, not merely a group.
  bool new_session = false;
  std::uint32_t umask = kParentsUmask;
  /// With either, the block must lie in memory that the child shares without sharing everything: see `ChangesIdentity`.
  std::uint32_t user = kParentsAccount;
  std::uint32_t group = kParentsAccount;
  /// Those that may not have their default disposition.
  SignalBits changed_signals = kEverySignal;
};

/// Such a child may not share its parent's memory. Source: Linux kernel/cred.c, commit_creds: a change of identity takes the right to
/// be looked at from the memory as a whole; and until its exec a process of another user would stand in memory of the host's.
inline bool ChangesIdentity(const ChildBlock& block) {
  return block.user != kParentsAccount || block.group != kParentsAccount;
}

namespace child_entry {

inline constexpr SignalBits kUnchangeableSignals = (SignalBits{1} << (SIGKILL - 1)) | (SignalBits{1} << (SIGSTOP - 1));
inline constexpr std::size_t kKernelSignalSetBytes = 8;
inline constexpr int kExecFailed = 127;

/// The kernel's `struct sigaction`, all zero: default disposition. Larger than any architecture's.
struct KernelSigaction {
  std::array<std::uint64_t, 8> words{};
};

CUSTODY_IN_CHILD int Fail(ChildBlock* block, ChildStep step) {
  block->error = errno;
  block->failed_step = step;
  return kExecFailed;
}

/// Ignored signals survive an exec, so a host that ignores SIGPIPE (Node does) would hand that down; handlers do not, but one
/// of the host's could still run here once signals are let through.
CUSTODY_IN_CHILD void DefaultSignals(SignalBits changed) {
  const KernelSigaction by_default{};
  for (SignalBits left = changed & ~kUnchangeableSignals; left != 0; left &= left - 1) {
    const int number = __builtin_ctzll(left) + 1;
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

CUSTODY_IN_CHILD bool PlaceDescriptors(ChildBlock* block) {
  int target = 0;
  for (; target < 3; ++target) {
    if (::syscall(SYS_dup3, block->stdio[static_cast<std::size_t>(target)], target, 0) == -1) return false;
  }
  for (std::size_t i = 0; i < block->further_count; ++i, ++target) {
    if (::syscall(SYS_dup3, block->further[i], target, 0) == -1) return false;
  }
  if (block->executable != -1) {
    if (::syscall(SYS_dup3, block->executable, target, O_CLOEXEC) == -1) return false;
    block->executable = target++;
  }
  if (::syscall(SYS_close_range, static_cast<unsigned>(target), UINT_MAX, 0U) == -1) CloseOneByOne(target);
  return true;
}

CUSTODY_IN_CHILD bool ApplyLimits(const ChildBlock* block) {
  for (std::size_t i = 0; i < block->limit_count; ++i) {
    const ChildLimit& limit = block->limits[i];
    const std::uint64_t pair[2] = {limit.soft, limit.hard};
    if (::syscall(SYS_prlimit64, 0, limit.resource, pair, nullptr) == -1) return false;
  }
  return true;
}

/// The kernel's `struct __user_cap_header_struct` and `__user_cap_data_struct`. Source: Linux capget(2).
struct CapabilityHeader {
  std::uint32_t version;
  int pid;
};
struct CapabilityData {
  std::uint32_t effective;
  std::uint32_t permitted;
  std::uint32_t inheritable;
};

/// Whether whoever has our rights may signal processes of any user.
CUSTODY_IN_CHILD bool MaySignalOthers() {
  constexpr std::uint32_t kVersion3 = 0x20080522;
  constexpr unsigned kCapKill = 5;
  CapabilityHeader header{kVersion3, 0};
  CapabilityData data[2] = {};
  return ::syscall(SYS_capget, &header, data) == 0 && (data[0].effective >> kCapKill & 1U) != 0;
}

/// Groups first, the user last: without root's rights none of it can be changed any more.
CUSTODY_IN_CHILD bool ChangeIdentity(const ChildBlock* block) {
  if (block->user != kParentsAccount && !MaySignalOthers()) {
    // It could be started and never be stopped.
    errno = EPERM;
    return false;
  }
  if (::syscall(SYS_setgroups, 0, nullptr) == -1) return false;
  const std::uint32_t group = block->group;
  if (group != kParentsAccount && ::syscall(SYS_setresgid, group, group, group) == -1) return false;
  const std::uint32_t user = block->user;
  return user == kParentsAccount || ::syscall(SYS_setresuid, user, user, user) == 0;
}

}  // namespace child_entry

/// Becomes the command, in a process group (or session) of its own, with default signals, an empty signal mask and the
/// descriptors of the block.
/// Returns only when it cannot: the exit code, with the step and errno in the block.
CUSTODY_IN_CHILD int EnterCommand(void* argument) {
  auto* block = static_cast<ChildBlock*>(argument);
  // No handler of the host may run here: it would run in the host's memory, with another pid.
  const std::uint64_t all_signals = ~std::uint64_t{0};
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all_signals, nullptr, child_entry::kKernelSignalSetBytes);
  child_entry::DefaultSignals(block->changed_signals);
  const long grouped = block->new_session ? ::syscall(SYS_setsid) : ::syscall(SYS_setpgid, 0, 0);
  if (grouped == -1) return child_entry::Fail(block, ChildStep::kSetGroup);
  if (block->terminal != -1) {
    // All signals are still blocked, so the SIGTTOU that a background process earns here does not arrive.
    const pid_t self = static_cast<pid_t>(::syscall(SYS_getpid));
    ::syscall(SYS_ioctl, block->terminal, TIOCSPGRP, &self);
  }
  if (block->cwd != nullptr && ::syscall(SYS_chdir, block->cwd) == -1) {
    return child_entry::Fail(block, ChildStep::kChdir);
  }
  if (!child_entry::PlaceDescriptors(block)) return child_entry::Fail(block, ChildStep::kDescriptors);
  if (block->umask != kParentsUmask) ::syscall(SYS_umask, block->umask);
  if (!child_entry::ApplyLimits(block)) return child_entry::Fail(block, ChildStep::kLimits);
  if (ChangesIdentity(*block) && !child_entry::ChangeIdentity(block)) {
    return child_entry::Fail(block, ChildStep::kIdentity);
  }
  const std::uint64_t no_signals = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &no_signals, nullptr, child_entry::kKernelSignalSetBytes);
  if (block->executable == -1) {
    ::syscall(SYS_execve, block->path, block->argv, block->environment);
  } else {
    ::syscall(SYS_execveat, block->executable, "", block->argv, block->environment, AT_EMPTY_PATH);
  }
  return child_entry::Fail(block, ChildStep::kExec);
}

}  // namespace custody::platform
