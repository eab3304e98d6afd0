#include "platform/darwin/sweep_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/limits.h"
#include "platform/posix/guardian_file.h"
#include "platform/posix/posix_error.h"
#include "platform/posix/spawn.h"

namespace custody::platform {

namespace {

namespace wire = core::wire;

/// What the host lacks now and may have again later; anything else will not be different next time.
bool IsShortage(int code) {
  return code == EMFILE || code == ENFILE || code == EAGAIN || code == ENOMEM || code == ENOBUFS;
}

struct SocketPair {
  OwnedHandle ours;
  OwnedHandle theirs;
};

core::Result<SocketPair> MakeSocketPair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == -1) return LastError("spawn");
  SocketPair pair{OwnedHandle(ends[0]), OwnedHandle(ends[1])};
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  return pair;
}

core::Status SendRun(const OwnedHandle& control, int connection) {
  wire::SweepCommand command{};
  command.header = {static_cast<std::uint16_t>(wire::SweepMessage::kOpenRun), wire::kVersion, sizeof command, 0, 0};
  iovec part{&command, sizeof command};
  alignas(cmsghdr) std::byte space[CMSG_SPACE(sizeof connection)] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof space;
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof connection);
  std::memcpy(CMSG_DATA(header), &connection, sizeof connection);
  const int fd = static_cast<int>(control.get());
  if (RetryOnEintr([&] { return ::sendmsg(fd, &message, MSG_DONTWAIT); }) == -1) return LastError("spawn");
  return {};
}

}  // namespace

SweepProcess::SweepProcess() : file_(GuardianFile()) {}

SweepProcess::~SweepProcess() {
  // Its end of file: it ends by itself, unless something resists its kill. That may take as long as it takes.
  pollfd ended{static_cast<int>(control_.get()), POLLIN, 0};
  if (control_.is_valid()) ::shutdown(static_cast<int>(control_.get()), SHUT_WR);
  constexpr int kMillis = static_cast<int>(core::kGuardianEndLimit / core::kNanosPerMilli);
  if (control_.is_valid()) (void)RetryOnEintr([&] { return ::poll(&ended, 1, kMillis); });
  control_.Close();
  if (pid_ != -1) former_.push_back(pid_);
  ReapFormer();
}

core::Result<SweepConnection> SweepProcess::Open() {
  const std::lock_guard lock(mutex_);
  for (;;) {
    core::Result<SweepConnection> connection = Ask();
    const bool is_gone =
        !connection.ok() && (connection.error().code == EPIPE || connection.error().code == ECONNRESET ||
                             connection.error().code == ENOTCONN);
    if (!is_gone) return connection;
    Forget();
  }
}

core::Result<SweepConnection> SweepProcess::Ask() {
  if (core::Status running = EnsureRunning(); !running.ok()) return running.error();
  core::Result<SocketPair> pair = MakeSocketPair();
  if (!pair.ok()) return pair.error();
  const int theirs = static_cast<int>(pair.value().theirs.get());
  if (core::Status sent = SendRun(control_, theirs); !sent.ok()) return sent.error();
  return SweepConnection(std::move(pair.value().ours), std::move(pair.value().theirs));
}

core::Status SweepProcess::EnsureRunning() {
  ReapFormer();
  if (refusal_) return *refusal_;
  if (control_.is_valid()) return {};
  core::Status started = Start();
  if (started.ok()) return started;
  if (IsShortage(started.error().code)) return core::OsError{started.error().code, "spawn"};
  refusal_ = core::OsError{started.error().code, "containment"};
  return *refusal_;
}

core::Status SweepProcess::Start() {
  core::Result<SocketPair> pair = MakeSocketPair();
  if (!pair.ok()) return pair.error();
  core::Result<OwnedHandle> control = CopyAbovePlaces(pair.value().theirs, "spawn");
  if (!control.ok()) return control.error();
  const OwnedHandle null(RetryOnEintr([] { return ::open("/dev/null", O_RDWR | O_CLOEXEC); }));
  if (!null.is_valid()) return LastError("spawn");
  core::Result<OwnedHandle> streams = CopyAbovePlaces(null, "spawn");
  if (!streams.ok()) return streams.error();
  SpawnRequest request;
  request.path = file_;
  const std::string version = std::to_string(wire::kVersion);
  const std::string host = std::to_string(::getpid());
  request.argv = {"custody-guardian", version.c_str(), host.c_str(), nullptr};
  // None of the host's: what it holds is meant for commands, and each brings its own.
  request.environment = {nullptr};
  request.stdio.fill(static_cast<int>(streams.value().get()));
  request.further = {static_cast<int>(control.value().get())};
  static_assert(wire::kGuardianSocket == 3);
  core::Result<Spawned> spawned = SpawnByPosixSpawn(request);
  if (!spawned.ok()) return spawned.error();
  pid_ = spawned.value().pid;
  control_ = std::move(pair.value().ours);
  return {};
}

void SweepProcess::Forget() {
  control_.Close();
  if (pid_ != -1) former_.push_back(pid_);
  pid_ = -1;
  constexpr int kMostFailures = static_cast<int>(core::kGuardianFailures);
  if (failures_in_a_row_.fetch_add(1, std::memory_order_relaxed) + 1 >= kMostFailures) {
    refusal_ = core::OsError{ECHILD, "containment"};
  }
}

void SweepProcess::ReapFormer() {
  std::erase_if(former_, [](pid_t pid) {
    siginfo_t info{};
    const int answer = RetryOnEintr([&] { return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG); });
    // ECHILD: somebody else collected it, or the host ignores SIGCHLD; either way the pid is no longer ours.
    return answer == -1 || info.si_pid == pid;
  });
}

}  // namespace custody::platform
