// What is alive, told by the system and by nothing the code under test maintains; an addon, because tests ask often.
#include <node_api.h>
#include <windows.h>
// After windows.h, whose types it uses.
#include <tlhelp32.h>

#include <string>

namespace {

/// The path of a process's executable; empty when it is gone or another user's.
std::u16string PathOf(DWORD pid) {
  std::u16string out;
  const HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, pid);
  if (process == nullptr) return out;
  wchar_t path[32'768];
  DWORD length = 32'768;
  // A process that has ended is found for as long as somebody holds a handle to it.
  const bool is_alive = WaitForSingleObject(process, 0) == WAIT_TIMEOUT;
  if (is_alive && QueryFullProcessImageNameW(process, 0, path, &length)) out.assign(path, path + length);
  CloseHandle(process);
  return out;
}

void SetNumber(napi_env env, napi_value object, const char* name, DWORD value) {
  napi_value number = nullptr;
  napi_create_uint32(env, value, &number);
  napi_set_named_property(env, object, name, number);
}

/// The first argument as text; empty when there is none.
std::wstring FirstArgument(napi_env env, napi_callback_info info) {
  napi_value argument = nullptr;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  char16_t text[MAX_PATH];
  size_t length = 0;
  if (count == 0 || napi_get_value_string_utf16(env, argument, text, MAX_PATH, &length) != napi_ok) return {};
  return {text, text + length};
}

/// list(name?): { pid, parent, path } of every living process that may be looked at, or only of those whose executable has that
/// name: to look at each takes several turns to Wine's server.
napi_value List(napi_env env, napi_callback_info info) {
  const std::wstring wanted = FirstArgument(env, info);
  napi_value out = nullptr;
  napi_create_array(env, &out);
  const HANDLE table = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof entry;
  uint32_t count = 0;
  for (BOOL more = Process32FirstW(table, &entry); more; more = Process32NextW(table, &entry)) {
    if (!wanted.empty() && _wcsicmp(entry.szExeFile, wanted.c_str()) != 0) continue;
    const std::u16string path = PathOf(entry.th32ProcessID);
    if (path.empty()) continue;
    napi_value item = nullptr;
    napi_value text = nullptr;
    napi_create_object(env, &item);
    SetNumber(env, item, "pid", entry.th32ProcessID);
    SetNumber(env, item, "parent", entry.th32ParentProcessID);
    napi_create_string_utf16(env, path.data(), path.size(), &text);
    napi_set_named_property(env, item, "path", text);
    napi_set_element(env, out, count++, item);
  }
  CloseHandle(table);
  return out;
}

/// handles(): how many handles this process has open.
napi_value Handles(napi_env env, napi_callback_info /*info*/) {
  DWORD count = 0;
  GetProcessHandleCount(GetCurrentProcess(), &count);
  napi_value out = nullptr;
  napi_create_uint32(env, count, &out);
  return out;
}

/// isWine(): the test harness knows, and nothing else does.
napi_value IsWine(napi_env env, napi_callback_info /*info*/) {
  napi_value out = nullptr;
  napi_get_boolean(env, GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr, &out);
  return out;
}

void Export(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

NAPI_MODULE_INIT() {
  Export(env, exports, "list", List);
  Export(env, exports, "handles", Handles);
  Export(env, exports, "isWine", IsWine);
  return exports;
}
