#pragma once
// What the roles of the Windows probe share; the roles are those of ../probe.cc. Every process of a probe ends itself
// after a minute, whatever the test does.
#include <windows.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
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

inline constexpr DWORD kLifetimeMs = 60'000;
inline constexpr size_t kBlockBytes = 64 * 1024;

[[noreturn]] inline void Fail(const char* operation) {
  std::fprintf(stderr, "probe: %s: error %lu\n", operation, GetLastError());
  ExitProcess(99);
}

inline uint64_t Number(const Args& args, size_t index, uint64_t otherwise) {
  return index < args.size() ? std::strtoull(args[index].c_str(), nullptr, 10) : otherwise;
}

inline bool Has(const Args& args, std::string_view word) {
  return std::find(args.begin(), args.end(), word) != args.end();
}

inline HANDLE Stream(int number) {
  const DWORD which = number == 0 ? STD_INPUT_HANDLE : number == 1 ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE;
  return GetStdHandle(which);
}

inline void WriteAll(int stream, const char* data, size_t size) {
  while (size > 0) {
    DWORD written = 0;
    const DWORD wanted = static_cast<DWORD>(std::min<size_t>(size, 1U << 20));
    if (!WriteFile(Stream(stream), data, wanted, &written, nullptr)) Fail("write");
    data += written;
    size -= written;
  }
}

inline void Print(int stream, const std::string& text) { WriteAll(stream, text.data(), text.size()); }

/// Bytes read; 0 at the end of the stream, -1 when it cannot be read.
inline int64_t ReadSome(char* into, size_t size) {
  DWORD count = 0;
  if (ReadFile(Stream(0), into, static_cast<DWORD>(size), &count, nullptr)) return count;
  return GetLastError() == ERROR_BROKEN_PIPE ? 0 : -1;
}

[[noreturn]] inline void WaitForever() {
  for (;;) Sleep(INFINITE);
}

std::string FromWide(const wchar_t* text);
std::wstring ToWide(const std::string& text);

/// Starts this program once more, in `role`. It gets our streams where `keeps_streams`, else the null device. Where `is_detached` it
/// gets as far from us as it can: without the console, and out of the job if that lets it go.
DWORD StartSelf(std::initializer_list<std::string> words, bool keeps_streams, bool is_detached = false);

/// Writes the first bytes of the test pattern, see pattern.ts.
void WritePattern(int stream, uint64_t bytes);

}  // namespace probe
