#pragma once
#include <dlfcn.h>
#include <sys/types.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "platform/darwin/process_identity.h"

namespace custody::platform {

/// `audit_token_t`: the kernel reads the pid and the version from it.
/// Source : XNU bsd/kern/kern_prot.c, set_security_token: val[5] is the pid, val[7] the version.
struct AuditToken {
  std::uint32_t values[8];
};
using SignalWithAuditToken = int (*)(AuditToken*, int);

/// Null where the system has no such call; it came with newer ones.
inline SignalWithAuditToken FindSignalWithAuditToken() {
  return reinterpret_cast<SignalWithAuditToken>(::dlsym(RTLD_DEFAULT, "proc_signal_with_audittoken"));
}

/// Signals the process with this unique id, never a successor of its pid.
///
/// With the call for audit tokens the kernel compares and signals in one. Without it there is a moment between the look and
/// the signal; pids are given away in ascending order, so the pid would have to come round within that moment.
/// Returns: 0, or errno; ESRCH when it is gone.
inline int SignalIdentity(pid_t pid, std::uint64_t unique_id, int number) {
  if (pid <= 1) return ESRCH;
  const SignalWithAuditToken by_token = FindSignalWithAuditToken();
  // An exec between the look and the call changes the version, and then the look is a new one.
  constexpr int kMostExecs = 16;
  for (int i = 0; i < kMostExecs; ++i) {
    ProcessIdentity identity{};
    if (!ReadIdentity(pid, identity, ZombiesToo::kNo) || identity.unique_id != unique_id) return ESRCH;
    if (by_token == nullptr) break;
    AuditToken token{};
    token.values[5] = static_cast<std::uint32_t>(pid);
    token.values[7] = static_cast<std::uint32_t>(identity.version);
    const int error = by_token(&token, number);
    if (error == 0 || error == EPERM) return error;
    if (error != ESRCH) break;
  }
  return ::kill(pid, number) == 0 ? 0 : errno;
}

}  // namespace custody::platform
