// Roles that report what the child was given.
#include "probe.h"

namespace probe {
namespace {

int PrintArgs(const Args& args) {
  for (const std::string& arg : args) WriteAll(1, arg.c_str(), arg.size() + 1);
  return 0;
}

int PrintEnvironment(const Args&) {
  for (const wchar_t* entry = GetEnvironmentStringsW(); *entry != L'\0'; entry += wcslen(entry) + 1) {
    const std::string text = FromWide(entry);
    if (text.front() != '=') WriteAll(1, text.c_str(), text.size() + 1);
  }
  return 0;
}

int PrintCwd(const Args&) {
  wchar_t path[32'768];
  GetCurrentDirectoryW(32'768, path);
  Print(1, FromWide(path));
  return 0;
}

/// One line per handle that is not ours by birth, as far as small numbers go: number, a space, its type.
int PrintHandles(const Args&) {
  constexpr uintptr_t kHighest = 4096;
  std::string lines;
  for (uintptr_t value = 4; value < kHighest; value += 4) {
    DWORD flags = 0;
    const auto handle = reinterpret_cast<HANDLE>(value);
    if (!GetHandleInformation(handle, &flags) || (flags & HANDLE_FLAG_INHERIT) == 0) continue;
    lines += std::to_string(value) + " type-" + std::to_string(GetFileType(handle)) + "\n";
  }
  Print(1, lines);
  return 0;
}

int PrintIds(const Args&) {
  Print(1, std::to_string(GetCurrentProcessId()) + " 0 0 0\n");
  return 0;
}

/// What Windows has no counterpart of.
int Missing(const Args&) {
  Print(2, "there is no such thing on Windows\n");
  return 97;
}

}  // namespace

const std::vector<Role>& IdentityRoles() {
  static const std::vector<Role> roles = {
      {"args", PrintArgs},  {"env", PrintEnvironment}, {"cwd", PrintCwd},   {"fds", PrintHandles},
      {"signals", Missing}, {"ids", PrintIds},         {"become", Missing},
  };
  return roles;
}

}  // namespace probe
