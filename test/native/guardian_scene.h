#pragma once
#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "child_process.h"
#include "core/wire.h"
#include "payload.h"

/// A small host side for the tests of the guardian program: it speaks core/wire.h and keeps nothing of its own in mind.
namespace custody::testing {

namespace wire = core::wire;

/// A message as it came.
struct Message {
  std::vector<char> bytes;

  bool is_end() const { return bytes.empty(); }
  wire::MessageType type() const { return static_cast<wire::MessageType>(As<wire::Header>().type); }
  template <typename T>
  const T& As() const {
    REQUIRE(bytes.size() >= sizeof(T));
    return *reinterpret_cast<const T*>(bytes.data());
  }
  std::vector<wire::ProcessRecord> Records() const {
    const std::size_t fixed = type() == wire::MessageType::kExited ? sizeof(wire::Exited) : sizeof(wire::Tree);
    std::vector<wire::ProcessRecord> records(As<wire::Tree>().record_count);
    REQUIRE(bytes.size() == fixed + records.size() * sizeof(wire::ProcessRecord));
    if (!records.empty()) std::memcpy(records.data(), bytes.data() + fixed, records.size() * sizeof records[0]);
    return records;
  }
};

inline wire::Header HeaderOf(wire::MessageType type, std::size_t length, std::uint32_t run = 0) {
  return {static_cast<std::uint16_t>(type), wire::kVersion, static_cast<std::uint32_t>(length), run, 0};
}

inline bool SendBytes(int socket, const void* bytes, std::size_t length, const std::vector<int>& descriptors = {}) {
  iovec part{const_cast<void*>(bytes), length};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * 8)> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
    std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof(int) * descriptors.size());
  }
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(length);
}

inline std::pair<int, int> SocketPair() {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) == 0);
  return {ends[0], ends[1]};
}

struct LaunchWish {
  std::vector<std::string> argv;
  std::vector<std::string> environment{};
  std::string path{};
  std::string directory = "/";
  bool text_in_memfd = false;
  wire::Limits limits{wire::kNoLimit, wire::kNoLimit, wire::kNoLimit, wire::kNoLimit, wire::kNoLimit};
  /// Standard output; -1: the null device.
  int output = -1;
  /// -1: none.
  int terminal = -1;
};

/// The host's end of one shim.
class ShimEnd {
 public:
  explicit ShimEnd(int socket) : socket_(socket) {}
  ShimEnd(ShimEnd&& other) noexcept : run(other.run), socket_(std::exchange(other.socket_, -1)) {}
  ShimEnd& operator=(ShimEnd&&) = delete;
  ~ShimEnd() { Close(); }

  int socket() const { return socket_; }
  void Close() {
    if (socket_ != -1) ::close(std::exchange(socket_, -1));
  }

  bool Launch(const LaunchWish& wish) {
    std::string text = (wish.path.empty() ? wish.argv.at(0) : wish.path) + '\0' + wish.directory + '\0';
    for (const std::string& argument : wish.argv) text += argument + '\0';
    for (const std::string& entry : wish.environment) text += entry + '\0';
    wire::Launch launch{};
    launch.user = wire::kNoAccount;
    launch.group = wire::kNoAccount;
    launch.argument_count = static_cast<std::uint32_t>(wish.argv.size());
    launch.environment_count = static_cast<std::uint32_t>(wish.environment.size());
    launch.text_bytes = text.size();
    launch.limits = wish.limits;
    const OwnedHandle null = Open("/dev/null", O_RDWR);
    std::vector<int> descriptors{FdOf(null), wish.output == -1 ? FdOf(null) : wish.output, FdOf(null)};
    if (wish.terminal != -1) {
      launch.flags |= wire::kTakesTerminal | wire::kTellsStops;
      descriptors.push_back(wish.terminal);
    }
    int memfd = -1;
    if (wish.text_in_memfd) {
      launch.flags |= wire::kTextInMemfd;
      memfd = ::memfd_create("text", MFD_CLOEXEC);
      REQUIRE(::write(memfd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
      descriptors.push_back(memfd);
      text.clear();
    }
    launch.header = HeaderOf(wire::MessageType::kLaunch, sizeof launch + text.size(), ++run);
    std::string datagram(reinterpret_cast<const char*>(&launch), sizeof launch);
    datagram += text;
    const bool sent = SendBytes(socket_, datagram.data(), datagram.size(), descriptors);
    if (memfd != -1) ::close(memfd);
    return sent;
  }

  void Say(wire::MessageType type) const {
    const wire::Command command{HeaderOf(type, sizeof command, run)};
    REQUIRE(SendBytes(socket_, &command, sizeof command));
  }
  void Signal(int number) const {
    const wire::Signal signal{HeaderOf(wire::MessageType::kSignal, sizeof signal, run), number, 0};
    REQUIRE(SendBytes(socket_, &signal, sizeof signal));
  }
  void Keep(wire::KeepMode mode) const {
    const wire::Keep keep{HeaderOf(wire::MessageType::kKeep, sizeof keep, run), mode, 0};
    REQUIRE(SendBytes(socket_, &keep, sizeof keep));
  }

  /// The next message; empty when the other end is closed.
  Message Next(int limit_ms = 10'000) const {
    pollfd wanted{socket_, POLLIN, 0};
    REQUIRE_MESSAGE(::poll(&wanted, 1, limit_ms * Patience()) == 1, "no message in time");
    Message message;
    message.bytes.resize(wire::kMaxDatagram);
    const ssize_t count = ::recv(socket_, message.bytes.data(), message.bytes.size(), 0);
    message.bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    if (count > 0) REQUIRE(message.As<wire::Header>().length == message.bytes.size());
    return message;
  }
  /// Passes over others until one of this type comes.
  Message Until(wire::MessageType type) const {
    for (;;) {
      Message message = Next();
      REQUIRE_MESSAGE(!message.is_end(), "the other end closed while waiting for message " << static_cast<int>(type));
      if (message.type() == type) return message;
    }
  }
  /// Everything up to the end of the run: what kEmpty says, or kExited when it says that nothing is left.
  Message UntilOver() const {
    for (;;) {
      Message message = Next();
      REQUIRE_MESSAGE(!message.is_end(), "the other end closed during a run");
      const bool tells = message.type() == wire::MessageType::kExited || message.type() == wire::MessageType::kEmpty;
      if (tells && message.As<wire::Tree>().empty == 1) return message;
    }
  }
  bool IsSilent() const {
    pollfd wanted{socket_, POLLIN, 0};
    return ::poll(&wanted, 1, 0) == 0;
  }

  std::uint32_t run = 0;

 private:
  int socket_;
};

/// That of this build, or what stands for it: a tool that runs it and looks at what it does.
inline const char* GuardianProgram() {
  const char* const named = std::getenv("CUSTODY_TEST_GUARDIAN");
  return named == nullptr ? CUSTODY_GUARDIAN_FILE : named;
}

/// A guardian whose host is this process.
class GuardianScene {
 public:
  static constexpr uid_t kOurs = ~uid_t{0};

  /// `uid`: whom the guardian runs as; only root can choose.
  explicit GuardianScene(uid_t uid = kOurs) {
    const auto [ours, theirs] = SocketPair();
    control_ = ours;
    const int host = static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0U));
    const std::string self = std::to_string(::getpid());
    const std::string version = std::to_string(wire::kVersion);
    pid_ = ::fork();
    if (pid_ == 0) {
      const int socket = ::fcntl(theirs, F_DUPFD, 100);
      const int pidfd = host == -1 ? -1 : ::fcntl(host, F_DUPFD, 100);
      const int null = ::open("/dev/null", O_RDWR);
      for (int fd = 0; fd < 3; ++fd) {
        if (fd != 2 || std::getenv("CUSTODY_GUARDIAN_STDERR") == nullptr) ::dup2(null, fd);
      }
      ::dup2(socket, wire::kGuardianSocket);
      if (pidfd != -1) ::dup2(pidfd, wire::kGuardianHostPidfd);
      if (uid != kOurs && (::setgid(uid) != 0 || ::setuid(uid) != 0)) ::_exit(126);
      ::execl(GuardianProgram(), "custody-guardian", version.c_str(), self.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(theirs);
    if (host != -1) ::close(host);
  }
  ~GuardianScene() {
    Close();
    int status = 0;
    if (pid_ > 1 && !reaped_) {
      if (!Eventually([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; })) EndChild(pid_);
    }
  }
  GuardianScene(const GuardianScene&) = delete;
  GuardianScene& operator=(const GuardianScene&) = delete;

  pid_t pid() const { return pid_; }
  int control() const { return control_; }
  void Close() {
    if (control_ != -1) ::close(std::exchange(control_, -1));
  }
  /// Its exit code; 1000 and the signal when it was killed; -1 when it does not end.
  int WaitForEnd() {
    int status = 0;
    if (!Eventually([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; })) return -1;
    reaped_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }

  ShimEnd OpenShim(wire::ShimKind kind = wire::ShimKind::kTree, bool use_cgroup = false) const {
    const auto [ours, theirs] = SocketPair();
    const wire::OpenShim open{HeaderOf(wire::MessageType::kOpenShim, sizeof open), kind, use_cgroup ? 1U : 0U};
    CHECK(SendBytes(control_, &open, sizeof open, {theirs}));
    ::close(theirs);
    return ShimEnd(ours);
  }

  /// Children of the guardian that call themselves shims.
  std::vector<pid_t> Shims() const {
    std::vector<pid_t> shims;
    const std::string self = std::to_string(pid_);
    std::istringstream list(TextOf("/proc/" + self + "/task/" + self + "/children"));
    for (pid_t pid = 0; list >> pid;) {
      if (TextOf("/proc/" + std::to_string(pid) + "/comm") == "custody-shim\n") shims.push_back(pid);
    }
    return shims;
  }
  /// The one shim there is, once those that had a run before are gone.
  pid_t OnlyShim() const {
    std::vector<pid_t> shims;
    REQUIRE(Eventually([&] { return (shims = Shims()).size() == 1; }));
    return shims.front();
  }

 private:
  int control_ = -1;
  pid_t pid_ = -1;
  bool reaped_ = false;
};

}  // namespace custody::testing
