// The one child program of the tests on Windows: `probe <role> [arguments]`, as ../probe.cc elsewhere.
#include "probe.h"

namespace probe {

std::string FromWide(const wchar_t* text) {
  std::string out(static_cast<size_t>(WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr)), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text, -1, out.data(), static_cast<int>(out.size()), nullptr, nullptr);
  out.resize(out.size() - 1);
  return out;
}

std::wstring ToWide(const std::string& text) {
  std::wstring out(static_cast<size_t>(MultiByteToWideChar(CP_UTF8, 0, text.c_str(), -1, nullptr, 0)), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.c_str(), -1, out.data(), static_cast<int>(out.size()));
  out.resize(out.size() - 1);
  return out;
}

DWORD StartSelf(std::initializer_list<std::string> words, bool keeps_streams, bool is_detached) {
  wchar_t file[32'768];
  GetModuleFileNameW(nullptr, file, 32'768);
  std::wstring line = L"probe";
  for (const std::string& word : words) line += L' ' + ToWide(word);
  SECURITY_ATTRIBUTES inheritable{sizeof inheritable, nullptr, TRUE};
  const HANDLE null = CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, 0, &inheritable, OPEN_EXISTING, 0, nullptr);
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = keeps_streams ? Stream(0) : null;
  startup.hStdOutput = keeps_streams ? Stream(1) : null;
  startup.hStdError = keeps_streams ? Stream(2) : null;
  // Without streams of ours nothing is inherited but the null device, so that a child does not keep our pipes.
  for (int number = 0; number < 3; ++number) {
    SetHandleInformation(Stream(number), HANDLE_FLAG_INHERIT, keeps_streams ? HANDLE_FLAG_INHERIT : 0);
  }
  PROCESS_INFORMATION made{};
  const auto start = [&](DWORD flags) {
    return CreateProcessW(file, line.data(), nullptr, nullptr, TRUE, flags, nullptr, nullptr, &startup, &made) != 0;
  };
  const DWORD flags = is_detached ? DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP : 0;
  if (!(is_detached && start(flags | CREATE_BREAKAWAY_FROM_JOB)) && !start(flags)) Fail("start");
  CloseHandle(made.hThread);
  CloseHandle(made.hProcess);
  CloseHandle(null);
  return made.dwProcessId;
}

}  // namespace probe

namespace {

DWORD WINAPI EndLater(void* /*nothing*/) {
  Sleep(probe::kLifetimeMs);
  ExitProcess(98);
}

}  // namespace

int wmain(int argc, wchar_t** argv) {
  CreateThread(nullptr, 0, EndLater, nullptr, 0, nullptr);
  probe::Args words;
  for (int i = 1; i < argc; ++i) words.push_back(probe::FromWide(argv[i]));
  const std::string wanted = words.empty() ? "" : words.front();
  for (const auto* roles :
       {&probe::IdentityRoles(), &probe::StreamRoles(), &probe::ProcessRoles(), &probe::ResourceRoles()}) {
    for (const probe::Role& role : *roles) {
      // The names that begin with a dot are for processes that a role starts.
      if (wanted == "--roles" && role.name[0] != '.') probe::Print(1, std::string(role.name) + "\n");
      if (wanted == role.name) return role.body(probe::Args(words.begin() + 1, words.end()));
    }
  }
  if (wanted == "--roles") return 0;
  std::fprintf(stderr, "probe: no role '%s'\n", wanted.c_str());
  return 99;
}
