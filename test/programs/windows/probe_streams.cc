// Roles that write and read: floods, drips, last words of a leader, and readers of standard input.
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
  const HANDLE other = OpenProcess(SYNCHRONIZE, FALSE, StartSelf({"flood", args[0], "stderr"}, true));
  WritePattern(1, bytes);
  if (other != nullptr) WaitForSingleObject(other, INFINITE);
  return 0;
}

/// drip <count> <delay ms> [stdout|stderr|alternate] [on-request]: on request, each line waits for a byte of standard input.
int Drip(const Args& args) {
  for (uint64_t i = 0; i < Number(args, 0, 0); i++) {
    char request = 0;
    if (Has(args, "on-request") && ReadSome(&request, 1) != 1) return 1;
    if (i > 0) Sleep(static_cast<DWORD>(Number(args, 1, 0)));
    const int stream = Has(args, "alternate") ? 1 + static_cast<int>(i % 2) : StreamOf(args);
    Print(stream, "line " + std::to_string(i) + "\n");
  }
  return 0;
}

std::string ReadWhole(const std::string& path) {
  std::string bytes;
  FILE* const file = _wfopen(ToWide(path).c_str(), L"rb");
  if (file == nullptr) Fail("open");
  char block[4096];
  for (size_t count = 0; (count = fread(block, 1, sizeof block, file)) > 0;) bytes.append(block, count);
  fclose(file);
  return bytes;
}

/// replay <file> <largest write> <seed>: the bytes of a file in writes of random sizes.
int Replay(const Args& args) {
  const std::string bytes = ReadWhole(args.at(0));
  uint64_t state = Number(args, 2, 1) | 1U;
  for (size_t done = 0; done < bytes.size();) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    const size_t size = std::min<size_t>(bytes.size() - done, 1 + state % std::max<uint64_t>(1, Number(args, 1, 1)));
    WriteAll(1, bytes.data() + done, size);
    if (state % 5 == 0) SwitchToThread();
    done += size;
  }
  return 0;
}

/// last-64k [held]: fills the pipe and is gone at once; `held` leaves a grandchild that keeps stdout open.
int Last64k(const Args& args) {
  if (Has(args, "held")) StartSelf({".stay"}, true);
  WritePattern(1, kBlockBytes);
  TerminateProcess(GetCurrentProcess(), 0);
  return 0;
}

/// close-output <ms> <code>: gives up stdout and stderr and lives on for a while.
int CloseOutput(const Args& args) {
  Print(1, "closing\n");
  CloseHandle(Stream(1));
  CloseHandle(Stream(2));
  Sleep(static_cast<DWORD>(Number(args, 0, 0)));
  return static_cast<int>(Number(args, 1, 0));
}

/// read-stdin [ms per 4 KiB]: prints the count and the FNV-1a hash of what came.
int ReadStdin(const Args& args) {
  const auto delay_ms = static_cast<DWORD>(Number(args, 0, 0));
  uint32_t hash = 2166136261U;
  uint64_t count = 0;
  std::vector<char> block(delay_ms > 0 ? 4096 : kBlockBytes);
  for (;;) {
    const int64_t size = ReadSome(block.data(), block.size());
    if (size < 0) Fail("read");
    if (size == 0) break;
    for (int64_t i = 0; i < size; i++) hash = (hash ^ static_cast<uint8_t>(block[static_cast<size_t>(i)])) * 16777619U;
    count += static_cast<uint64_t>(size);
    if (delay_ms > 0) Sleep(delay_ms);
  }
  Print(1, std::to_string(count) + " " + std::to_string(hash) + "\n");
  return 0;
}

/// copy-stdin: writes what it reads, as it comes.
int CopyStdin(const Args&) {
  std::vector<char> block(kBlockBytes);
  for (;;) {
    const int64_t size = ReadSome(block.data(), block.size());
    if (size <= 0) return size == 0 ? 0 : 97;
    WriteAll(1, block.data(), static_cast<size_t>(size));
  }
}

/// close-stdin <ms>: closes it unread, says so, lives on for a while.
int CloseStdin(const Args& args) {
  CloseHandle(Stream(0));
  Print(1, "closed\n");
  Sleep(static_cast<DWORD>(Number(args, 0, 0)));
  return 0;
}

}  // namespace

void WritePattern(int stream, uint64_t bytes) {
  std::vector<char> block(kBlockBytes);
  for (uint64_t done = 0; done < bytes;) {
    const auto size = static_cast<size_t>(std::min<uint64_t>(block.size(), bytes - done));
    for (size_t i = 0; i < size; i++) block[i] = PatternByte(done + i);
    WriteAll(stream, block.data(), size);
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
