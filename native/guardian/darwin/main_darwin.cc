// custody-guardian <wire version> <host pid>: see sweep_guardian.h. custody-guardian --probe: whether it can do its work here.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "guardian/darwin/sweep_guardian.h"
#include "guardian/quiet_signals.h"
#include "platform/darwin/signal_identity.h"

namespace {

namespace wire = custody::core::wire;

bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

/// A process started from Node may find 0 to 2 closed; the first descriptor that it opens would become its standard input.
void FillStandardDescriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (!IsOpen(fd) && ::open("/dev/null", O_RDWR) != fd) ::_exit(1);
  }
}

int PrintProbe() {
  custody::guardian::ProcessList table;
  const bool reads_table = table.Read() && table.rows().size() > 0;
  const bool has_token = custody::platform::FindSignalWithAuditToken() != nullptr;
  std::printf("version %d\nprocess-table %s\nsignal-by-audit-token %s\n", static_cast<int>(wire::kVersion),
              reads_table ? "yes" : "no", has_token ? "yes" : "no");
  return reads_table ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--probe") == 0) return PrintProbe();
  if (argc != 3 || std::strtol(argv[1], nullptr, 10) != wire::kVersion) return 2;
  const auto host = static_cast<pid_t>(std::strtol(argv[2], nullptr, 10));
  FillStandardDescriptors();
  if (host <= 1 || !IsOpen(wire::kGuardianSocket)) return 2;
  ::fcntl(wire::kGuardianSocket, F_SETFD, FD_CLOEXEC);
  custody::guardian::IgnoreJobSignals();
  // In the host's session; in a group of its own, so that what is typed at its terminal does not reach it.
  ::setpgid(0, 0);
  // No file system is kept busy from here.
  if (::chdir("/") == -1) return 3;
  custody::guardian::SweepGuardian guardian(host, wire::kGuardianSocket);
  return guardian.Serve();
}
