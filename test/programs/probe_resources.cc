// Roles that use up what a limit can bound.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "probe.h"

namespace probe {
namespace {

constexpr uint64_t kMostMebibytes = 256;
constexpr uint64_t kMostProcesses = 8;

/// Touches every page, so that all of them are resident.
void Eat(uint64_t mebibytes) {
  const size_t bytes = std::min(mebibytes, kMostMebibytes) << 20;
  void* const place = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) Fail("mmap");
  std::memset(place, 1, bytes);
}

/// Starts processes that live as long as nobody ends them. Returns: in each, which one it is; the first is 0.
uint64_t Multiply(uint64_t processes) {
  for (uint64_t i = 1; i < std::min(processes, kMostProcesses); ++i) {
    if (Fork() == 0) return i;
  }
  return 0;
}

/// eat-memory <MiB> <processes> [shared]: each process holds as much, or all of them hold the same.
int EatMemory(const Args& args) {
  const bool shared = Has(args, "shared");
  if (shared) Eat(Number(args, 0, 0));
  const uint64_t index = Multiply(Number(args, 1, 1));
  if (!shared) Eat(Number(args, 0, 0));
  if (index == 0) Print(1, "ready\n");
  WaitForever();
}

/// spin <processes>: each of them uses up a processor.
int Spin(const Args& args) {
  Multiply(Number(args, 0, 1));
  volatile uint64_t turns = 0;
  for (;;) turns = turns + 1;
}

/// write-file <path> <bytes>: exit code 4 when the file took fewer.
int WriteFile(const Args& args) {
  const int file = open(args.at(0).c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) Fail("open");
  const std::string block(4096, 'x');
  for (uint64_t left = Number(args, 1, 0); left > 0;) {
    const ssize_t written = write(file, block.data(), std::min<uint64_t>(left, block.size()));
    if (written <= 0) return 4;
    left -= static_cast<uint64_t>(written);
  }
  return 0;
}

/// open-files: prints the highest number that a descriptor can get, up to 4096.
int OpenFiles(const Args&) {
  int highest = 2;
  while (highest < 4096) {
    const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (file < 0) break;
    highest = file;
  }
  Print(1, std::to_string(highest));
  return 0;
}

}  // namespace

const std::vector<Role>& ResourceRoles() {
  static const std::vector<Role> roles = {
      {"eat-memory", EatMemory}, {"spin", Spin}, {"write-file", WriteFile}, {"open-files", OpenFiles}};
  return roles;
}

}  // namespace probe
