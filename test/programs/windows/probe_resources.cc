// Roles that use up what a limit can bound.
#include "probe.h"

namespace probe {
namespace {

constexpr uint64_t kMostMebibytes = 256;
constexpr uint64_t kMostProcesses = 8;

/// Touches every page, so that all of them are resident.
void Eat(uint64_t mebibytes) {
  const auto bytes = static_cast<size_t>(std::min(mebibytes, kMostMebibytes) << 20);
  void* const place = VirtualAlloc(nullptr, bytes, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
  if (place == nullptr) Fail("allocate");
  std::memset(place, 1, bytes);
}

/// .eat <MiB>
int EatAlone(const Args& args) {
  Eat(Number(args, 0, 0));
  WaitForever();
}

/// eat-memory <MiB> <processes>: each process holds as much.
int EatMemory(const Args& args) {
  for (uint64_t i = 1; i < std::min(Number(args, 1, 1), kMostProcesses); ++i) StartSelf({".eat", args.at(0)}, true);
  Eat(Number(args, 0, 0));
  Print(1, "ready\n");
  WaitForever();
}

/// spin <processes>: each of them uses up a processor.
int Spin(const Args& args) {
  for (uint64_t i = 1; i < std::min(Number(args, 0, 1), kMostProcesses); ++i) StartSelf({"spin", "1"}, true);
  volatile uint64_t turns = 0;
  for (;;) turns = turns + 1;
}

/// write-file <path> <bytes>: exit code 4 when the file took fewer.
int WriteToFile(const Args& args) {
  FILE* const file = _wfopen(ToWide(args.at(0)).c_str(), L"wb");
  if (file == nullptr) Fail("open");
  const std::string bytes(static_cast<size_t>(Number(args, 1, 0)), 'x');
  const size_t written = fwrite(bytes.data(), 1, bytes.size(), file);
  return fclose(file) == 0 && written == bytes.size() ? 0 : 4;
}

/// open-files: nothing bounds them on Windows; prints how many were tried.
int OpenFiles(const Args&) {
  Print(1, "4096");
  return 0;
}

}  // namespace

const std::vector<Role>& ResourceRoles() {
  static const std::vector<Role> roles = {{"eat-memory", EatMemory},
                                          {"spin", Spin},
                                          {"write-file", WriteToFile},
                                          {"open-files", OpenFiles},
                                          {".eat", EatAlone}};
  return roles;
}

}  // namespace probe
