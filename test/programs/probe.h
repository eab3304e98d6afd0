#pragma once
// What the roles of the probe share. Every process of a probe carries an alarm that ends it after a minute, whatever
// the test does; an alarm does not pass through fork, so roles fork through Fork() only.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace probe {

using Args = std::vector<std::string>;

struct Role {
  const char* name;
  int (*body)(const Args&);
};

// The roles, by subject; each list is defined in the file of that name.
const std::vector<Role>& IdentityRoles();
const std::vector<Role>& StreamRoles();
const std::vector<Role>& ProcessRoles();
const std::vector<Role>& ResourceRoles();

inline constexpr unsigned kLifetimeSeconds = 60;
inline constexpr size_t kBlockBytes = 64 * 1024;

[[noreturn]] inline void Fail(const char* operation) {
  std::fprintf(stderr, "probe: %s: %s\n", operation, std::strerror(errno));
  _exit(99);
}

inline uint64_t Number(const Args& args, size_t index, uint64_t otherwise) {
  return index < args.size() ? std::strtoull(args[index].c_str(), nullptr, 10) : otherwise;
}

inline bool Has(const Args& args, std::string_view word) {
  return std::find(args.begin(), args.end(), word) != args.end();
}

inline void WriteAll(int fd, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(fd, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) Fail("write");
    data += written;
    size -= static_cast<size_t>(written);
  }
}

inline void Print(int fd, const std::string& text) { WriteAll(fd, text.data(), text.size()); }

inline void SleepMs(uint64_t ms) {
  timespec left{static_cast<time_t>(ms / 1000), static_cast<long>(ms % 1000) * 1'000'000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

[[noreturn]] inline void WaitForever() {
  for (;;) pause();
}

inline pid_t Fork() {
  const pid_t pid = fork();
  if (pid < 0) Fail("fork");
  if (pid == 0) alarm(kLifetimeSeconds);
  return pid;
}

/// Writes the first bytes of the test pattern, see pattern.ts.
void WritePattern(int fd, uint64_t bytes);

}  // namespace probe
