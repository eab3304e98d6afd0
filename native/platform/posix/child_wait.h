#pragma once
#include <sys/types.h>

#include <csignal>

#include "core/receipt.h"

namespace custody::platform {

/// waitid(2) for one child of ours, by pid (I3), together with the CPU time that it used; `used` may be null.
///
/// Returns: 0 or -1, with errno. With WNOHANG and nothing to tell, 0 and an `info->si_pid` of 0: clear it beforehand.
int WaitForChild(pid_t pid, siginfo_t* info, int options, core::Usage* used);

}  // namespace custody::platform
