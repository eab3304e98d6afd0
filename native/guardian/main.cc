// custody-guardian <wire version> <host pid>: see guardian.h. custody-guardian --probe: see probe.h.
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <cstring>

#include "guardian/guardian.h"
#include "guardian/kernel_calls.h"
#include "guardian/probe.h"
#include "guardian/quiet_signals.h"

namespace {

using custody::guardian::Guardian;
namespace wire = custody::core::wire;

bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

/// A process started from Node may find 0 to 2 closed; the first descriptor that it opens would become its standard input.
void FillStandardDescriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (!IsOpen(fd) && ::open("/dev/null", O_RDWR) != fd) ::_exit(1);
  }
}

}  // namespace

#if defined(__SANITIZE_ADDRESS__)
// The leak check at exit stops all threads from a traced fork, which never ends beside a subreaper that collects every child.
// Its environment is empty, so it cannot be told there. Source: AddressSanitizer flags, run-time options.
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() { return "detect_leaks=0"; }
#endif

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--probe") == 0) return custody::guardian::PrintProbe();
  if (argc != 3 || std::strtol(argv[1], nullptr, 10) != wire::kVersion) return 2;
  const auto host = static_cast<pid_t>(std::strtol(argv[2], nullptr, 10));
  FillStandardDescriptors();
  if (host < 1 || !IsOpen(wire::kGuardianSocket)) return 2;
  const int pidfd = IsOpen(wire::kGuardianHostPidfd) ? wire::kGuardianHostPidfd : -1;
  ::fcntl(wire::kGuardianSocket, F_SETFD, FD_CLOEXEC);
  if (pidfd != -1) ::fcntl(pidfd, F_SETFD, FD_CLOEXEC);
  ::syscall(SYS_close_range, static_cast<unsigned>(wire::kGuardianHostPidfd) + 1U, UINT_MAX, 0U);
  custody::guardian::IgnoreJobSignals();
  // In the host's session, so that a command may take the host's terminal; in a group of its own, so that what is typed
  // there does not reach it.
  ::setpgid(0, 0);
  ::prctl(PR_SET_NAME, "custody-guard");
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) == -1) return 3;
  // No file system is kept busy from here.
  if (::chdir("/") == -1) return 3;
  Guardian guardian(host, wire::kGuardianSocket, pidfd);
  return guardian.Serve();
}
