// Roles that write and read: floods, drips, last words of a leader, and readers of standard input.
#include <sched.h>
#include <sys/wait.h>

#include <fstream>
#include <iterator>

#include "probe.h"

namespace probe {
namespace {

/// The byte at an absolute position of the pattern; pattern.ts has the twin. 64 bytes to a line, 26 letters.
char PatternByte(uint64_t position) {
  if (position % 64 == 63) return '\n';
  uint32_t mixed = static_cast<uint32_t>(position) * 2654435761U;
  mixed ^= mixed >> 15;
  return static_cast<char>('a' + mixed % 26);
}

int StreamOf(const Args& args) { return Has(args, "stderr") ? 2 : 1; }

/// flood <bytes> [stdout|stderr|both]
int Flood(const Args& args) {
  const uint64_t bytes = Number(args, 0, 0);
  if (!Has(args, "both")) {
    WritePattern(StreamOf(args), bytes);
    return 0;
  }
  const pid_t other = Fork();
  WritePattern(other == 0 ? 2 : 1, bytes);
  if (other == 0) _exit(0);
  int status = 0;
  waitpid(other, &status, 0);
  return status == 0 ? 0 : 98;
}

/// drip <count> <delay ms> [stdout|stderr|alternate] [on-request]: on request, each line waits for a byte of standard input.
int Drip(const Args& args) {
  for (uint64_t i = 0; i < Number(args, 0, 0); i++) {
    char request = 0;
    if (Has(args, "on-request") && ::read(0, &request, 1) != 1) return 1;
    if (i > 0) SleepMs(Number(args, 1, 0));
    const int stream = Has(args, "alternate") ? 1 + static_cast<int>(i % 2) : StreamOf(args);
    Print(stream, "line " + std::to_string(i) + "\n");
  }
  return 0;
}

/// replay <file> <largest write> <seed>: the bytes of a file in writes of random sizes.
int Replay(const Args& args) {
  std::ifstream file(args.at(0), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  uint64_t state = Number(args, 2, 1) | 1U;
  for (size_t done = 0; done < bytes.size();) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    const size_t size = std::min<size_t>(bytes.size() - done, 1 + state % std::max<uint64_t>(1, Number(args, 1, 1)));
    WriteAll(1, bytes.data() + done, size);
    if (state % 5 == 0) sched_yield();
    done += size;
  }
  return 0;
}

/// last-64k [held]: fills the pipe and is gone at once; `held` leaves a grandchild that keeps stdout open.
int Last64k(const Args& args) {
  if (Has(args, "held") && Fork() == 0) WaitForever();
  WritePattern(1, kBlockBytes);
  _exit(0);
}

/// close-output <ms> <code>: gives up stdout and stderr and lives on for a while.
int CloseOutput(const Args& args) {
  Print(1, "closing\n");
  close(1);
  close(2);
  SleepMs(Number(args, 0, 0));
  return static_cast<int>(Number(args, 1, 0));
}

/// read-stdin [ms per 4 KiB]: prints the count and the FNV-1a hash of what came.
int ReadStdin(const Args& args) {
  const uint64_t delay_ms = Number(args, 0, 0);
  uint32_t hash = 2166136261U;
  uint64_t count = 0;
  std::vector<char> block(delay_ms > 0 ? 4096 : kBlockBytes);
  for (;;) {
    const ssize_t size = read(0, block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) Fail("read");
    if (size == 0) break;
    for (ssize_t i = 0; i < size; i++) hash = (hash ^ static_cast<uint8_t>(block[static_cast<size_t>(i)])) * 16777619U;
    count += static_cast<uint64_t>(size);
    SleepMs(delay_ms);
  }
  Print(1, std::to_string(count) + " " + std::to_string(hash) + "\n");
  return 0;
}

/// copy-stdin: writes what it reads, as it comes.
int CopyStdin(const Args&) {
  std::vector<char> block(kBlockBytes);
  for (;;) {
    const ssize_t size = read(0, block.data(), block.size());
    if (size <= 0) return size == 0 ? 0 : 97;
    WriteAll(1, block.data(), static_cast<size_t>(size));
  }
}

/// close-stdin <ms>: closes it unread, says so, lives on for a while.
int CloseStdin(const Args& args) {
  close(0);
  Print(1, "closed\n");
  SleepMs(Number(args, 0, 0));
  return 0;
}

}  // namespace

void WritePattern(int fd, uint64_t bytes) {
  std::vector<char> block(kBlockBytes);
  for (uint64_t done = 0; done < bytes;) {
    const size_t size = std::min<uint64_t>(block.size(), bytes - done);
    for (size_t i = 0; i < size; i++) block[i] = PatternByte(done + i);
    WriteAll(fd, block.data(), size);
    done += size;
  }
}

const std::vector<Role>& StreamRoles() {
  static const std::vector<Role> roles = {
      {"flood", Flood},
      {"drip", Drip},
      {"replay", Replay},
      {"last-64k", Last64k},
      {"close-output", CloseOutput},
      {"read-stdin", ReadStdin},
      {"copy-stdin", CopyStdin},
      {"close-stdin", CloseStdin},
  };
  return roles;
}

}  // namespace probe
