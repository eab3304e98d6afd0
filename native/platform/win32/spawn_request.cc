#include "platform/win32/spawn_request.h"

#include <windows.h>

#include <cerrno>
#include <optional>
#include <span>
#include <vector>

#include "core/string_block.h"
#include "platform/win32/batch_line.h"
#include "platform/win32/command_line.h"
#include "platform/win32/environment_block.h"
#include "platform/win32/executable_lookup.h"
#include "platform/win32/utf16.h"
#include "platform/win32/wide.h"
#include "platform/win32/win32_error.h"

namespace custody::platform {

namespace {

using core::ErrorSubject;
using core::OsError;
using core::Result;

/// CreateProcessW takes no longer one, with or without a prefix.
constexpr std::size_t kLongestCwd = MAX_PATH - 2;

std::wstring HostVariable(const wchar_t* name) {
  std::wstring value(::GetEnvironmentVariableW(name, nullptr, 0), L'\0');
  value.resize(::GetEnvironmentVariableW(name, value.data(), static_cast<DWORD>(value.size())));
  return value;
}

/// Without it, sockets, cryptography and side-by-side libraries do not load in a child, however little else it needs.
std::string RequiredVariables() {
  std::string out = "SystemRoot=" + WtfFromUtf16(FromWide(HostVariable(L"SystemRoot")));
  out.push_back('\0');
  return out;
}

char16_t FoldUnitOfSystem(char16_t unit) {
  if (unit < 0x80) return unit >= u'a' && unit <= u'z' ? static_cast<char16_t>(unit - (u'a' - u'A')) : unit;
  const auto given = static_cast<wchar_t>(unit);
  wchar_t folded = given;
  ::LCMapStringEx(LOCALE_NAME_INVARIANT, LCMAP_UPPERCASE, &given, 1, &folded, 1, nullptr, nullptr, 0);
  return static_cast<char16_t>(folded);
}

Result<std::vector<std::u16string>> DecodeArguments(const core::LaunchSpec& spec) {
  std::vector<std::u16string> out;
  for (const std::string_view argument : core::SplitBlock(spec.argv_block)) {
    std::optional<std::u16string> text = Utf16FromUtf8(argument);
    if (!text) return OsError{EILSEQ, "encode"};
    out.push_back(std::move(*text));
  }
  return out;
}

/// The directory that relative paths of the command start from.
Result<std::u16string> FindCwd(const core::LaunchSpec& spec) {
  if (spec.cwd.empty()) return ToAbsolutePath(u".");
  const std::optional<std::u16string> given = Utf16FromUtf8(spec.cwd);
  if (!given) return OsError{EILSEQ, "encode"};
  std::u16string cwd = ToAbsolutePath(*given);
  const DWORD attributes = ::GetFileAttributesW(ToLongPath(cwd).c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) return LastError("chdir", ErrorSubject::kCwd);
  if ((attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) return OsError{ENOTDIR, "chdir", ErrorSubject::kCwd};
  if (cwd.size() > kLongestCwd) return OsError{ENAMETOOLONG, "chdir", ErrorSubject::kCwd};
  return cwd;
}

core::Status ComposeLine(const Executable& executable, std::u16string_view program,
                         std::span<const std::u16string> arguments, bool is_verbatim, SpawnRequest& out) {
  if (!executable.is_batch) {
    const std::u16string line =
        is_verbatim ? MakeVerbatimLine(program, arguments) : MakeCommandLine(program, arguments);
    if (line.size() >= kLongestCommandLine) return OsError{E2BIG, "exec"};
    out.application = ToLongPath(executable.path);
    out.command_line = ToWide(line);
    return {};
  }
  // The system's own, whatever COMSPEC says: its rules are the ones that the line was escaped for.
  std::wstring interpreter(MAX_PATH, L'\0');
  interpreter.resize(::GetSystemDirectoryW(interpreter.data(), MAX_PATH));
  interpreter += L"\\cmd.exe";
  const std::optional<std::u16string> line = MakeBatchLine(FromWide(interpreter), executable.path, arguments);
  if (!line) return OsError{EINVAL, "batch"};
  if (line->size() >= kLongestBatchLine) return OsError{E2BIG, "exec"};
  out.application = std::move(interpreter);
  out.command_line = ToWide(*line);
  return {};
}

}  // namespace

Result<SpawnRequest> MakeSpawnRequest(const core::LaunchSpec& spec) {
  Result<std::vector<std::u16string>> decoded = DecodeArguments(spec);
  if (!decoded.ok()) return decoded.error();
  const std::optional<std::vector<EnvironmentEntry>> variables = ComposeWindowsEnvironment(
      spec.base_environment, spec.environment_set, spec.environment_unset, RequiredVariables(), FoldUnitOfSystem);
  if (!variables) return OsError{EILSEQ, "encode"};
  Result<std::u16string> cwd = FindCwd(spec);
  if (!cwd.ok()) return cwd.error();
  const std::span<const std::u16string> words(decoded.value());
  Result<Executable> executable =
      LookUpExecutable(words.front(), FindValue(*variables, u"PATH"), FindValue(*variables, u"PATHEXT"), cwd.value());
  if (!executable.ok()) return executable.error();

  SpawnRequest request;
  if (!spec.cwd.empty()) request.cwd = ToWide(cwd.value());
  request.environment = ToWide(MakeEnvironmentBlock(*variables));
  request.resolved_file = WtfFromUtf16(executable.value().path);
  const core::Status composed =
      ComposeLine(executable.value(), words.front(), words.subspan(1), spec.is_verbatim, request);
  if (!composed.ok()) return composed.error();
  return request;
}

}  // namespace custody::platform
