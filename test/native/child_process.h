#pragma once
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "platform/handle.h"
#include "platform/posix/spawn.h"

/// What the tests of the platform share: real children, and looks at them from outside.
namespace custody::testing {

using platform::OwnedHandle;

inline OwnedHandle Open(const std::string& path, int flags) {
  return OwnedHandle(::open(path.c_str(), flags | O_CLOEXEC));
}

inline int FdOf(const OwnedHandle& handle) { return static_cast<int>(handle.get()); }

inline std::string ContentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A request with its own strings; the three streams are the null device.
class Request {
 public:
  Request(std::string path, std::vector<std::string> arguments, std::vector<std::string> environment = {})
      : arguments_(std::move(arguments)), environment_(std::move(environment)) {
    value.path = std::move(path);
    for (const std::string& argument : arguments_) value.argv.push_back(argument.c_str());
    value.argv.push_back(nullptr);
    for (const std::string& entry : environment_) value.environment.push_back(entry.c_str());
    value.environment.push_back(nullptr);
    value.stdio = {FdOf(null_), FdOf(null_), FdOf(null_)};
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  platform::SpawnRequest value;

 private:
  std::vector<std::string> arguments_;
  std::vector<std::string> environment_;
  OwnedHandle null_ = OwnedHandle(::fcntl(FdOf(Open("/dev/null", O_RDWR)), F_DUPFD_CLOEXEC, 3));
};

/// How much longer than usual things may take: a tool may slow them down.
inline int Patience() {
  const char* const factor = std::getenv("CUSTODY_TEST_PATIENCE");
  return factor == nullptr ? 1 : std::atoi(factor);
}

/// Waits for a condition, with a limit. Returns whether it came to that.
inline bool Eventually(const std::function<bool()>& condition, int limit_ms = 10'000) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms) * Patience();
  while (!condition()) {
    if (std::chrono::steady_clock::now() > limit) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

/// Kills and collects a child of this process. Its pid is ours until the wait.
inline void EndChild(pid_t pid) {
  if (pid <= 1) return;
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

/// Runs `body` in a process of its own, where it may ruin descriptors, limits and signals. Returns its exit code.
/// The body checks by returning a code: doctest reports from this process only.
inline int InOwnProcess(const std::function<int()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::alarm(20);
    ::_exit(body());
  }
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/// Whether this process has a child, a zombie included.
inline bool HasChildren() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

inline std::size_t CountDescriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// The line of /proc/PID/status that begins with `name`.
inline std::string StatusOf(pid_t pid, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":")) return line.substr(line.find_first_not_of(" \t", name.size() + 1));
  }
  return "gone";
}

/// A folder that goes with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::array<char, 32> name{"/tmp/custody-native-XXXXXX"};
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string Path(const std::string& name) const { return path_ + "/" + name; }
  std::string Write(const std::string& name, const std::string& content, unsigned mode) const {
    std::ofstream(Path(name), std::ios::binary) << content;
    ::chmod(Path(name).c_str(), mode);
    return Path(name);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace custody::testing
