#pragma once
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "child_process.h"

/// The guardian tests' payload, and the oracle that says who runs it.
namespace custody::testing {

/// A file of /proc; empty also when its process ends while it is read, where a stream throws.
inline std::string TextOf(const std::string& path) {
  const OwnedHandle file = Open(path, O_RDONLY);
  std::array<char, 4096> text{};
  const ssize_t count = file.is_valid() ? ::read(FdOf(file), text.data(), text.size()) : 0;
  return {text.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

/// The payload under a path that only this test runs, and the oracle: who runs it, whatever the guardian says.
class Payload {
 public:
  explicit Payload(unsigned mode = 0755) {
    path_ = folder_.Path("escapee");
    std::filesystem::copy_file(CUSTODY_ESCAPEE_FILE, path_);
    ::chmod(path_.c_str(), mode);
    ::chmod(folder_.path().c_str(), 0755);
  }
  /// Clean-up through a pidfd and a second look, so that nobody else is hit.
  ~Payload() {
    Eventually([&] {
      for (const pid_t pid : Alive()) End(pid);
      return Alive().empty();
    });
  }
  Payload(const Payload&) = delete;
  Payload& operator=(const Payload&) = delete;

  const std::string& path() const { return path_; }

  /// One listing may miss a process that was born while another, already passed, ended. So nobody is only what several
  /// listings in a row say.
  std::vector<pid_t> Alive() const {
    constexpr int kListings = 3;
    std::vector<pid_t> alive;
    for (int listing = 0; listing < kListings && alive.empty(); ++listing) alive = List();
    return alive;
  }
  /// The one process that there is.
  pid_t Only() const {
    const std::vector<pid_t> alive = Alive();
    REQUIRE(alive.size() == 1);
    return alive.front();
  }
  /// The one process that is left, once it is the daemon it is to become: no leader of its session, and not of ours.
  pid_t UntilDaemon() const {
    pid_t daemon = -1;
    const bool there = Eventually([&] {
      const std::vector<pid_t> alive = Alive();
      daemon = alive.size() == 1 ? alive[0] : -1;
      const pid_t session = daemon == -1 ? -1 : ::getsid(daemon);
      return session > 0 && session != daemon && session != ::getsid(0);
    });
    REQUIRE(there);
    return daemon;
  }
  bool UntilAlive(std::size_t count) const {
    return Eventually([&] { return Alive().size() >= count; });
  }
  bool UntilNone(int limit_ms = 10'000) const {
    return Eventually([&] { return Alive().empty(); }, limit_ms);
  }

 private:
  std::vector<pid_t> List() const {
    std::vector<pid_t> alive;
    std::error_code error;
    // Not by a range: its increment throws, and this is called while a failed test is cleaned up after.
    for (std::filesystem::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
      const std::string name = at->path().filename();
      if (name.front() >= '1' && name.front() <= '9' && IsOurs(name)) alive.push_back(std::stoi(name));
    }
    return alive;
  }
  bool IsOurs(const std::string& pid) const {
    std::error_code error;
    return std::filesystem::read_symlink("/proc/" + pid + "/exe", error) == path_;
  }
  void End(pid_t pid) const {
    const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U));
    if (pidfd == -1) return;
    if (IsOurs(std::to_string(pid))) ::syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0U);
    ::close(pidfd);
  }

  TemporaryFolder folder_;
  std::string path_;
};

}  // namespace custody::testing
