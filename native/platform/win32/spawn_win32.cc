#include "platform/win32/spawn_win32.h"

#include <array>
#include <memory>
#include <vector>

#include "platform/win32/win32_error.h"

namespace custody::platform {

namespace {

using core::ErrorSubject;
using core::Result;

/// What CreateProcessW is told beyond its arguments: the handles it may pass on, and the job.
class StartupAttributes {
 public:
  explicit StartupAttributes(DWORD count) {
    SIZE_T bytes = 0;
    ::InitializeProcThreadAttributeList(nullptr, count, 0, &bytes);
    storage_.resize(bytes);
    is_made_ = ::InitializeProcThreadAttributeList(get(), count, 0, &bytes) != 0;
  }
  ~StartupAttributes() {
    if (is_made_) ::DeleteProcThreadAttributeList(get());
  }
  StartupAttributes(const StartupAttributes&) = delete;
  StartupAttributes& operator=(const StartupAttributes&) = delete;

  /// `values` must outlive this object.
  bool Set(DWORD_PTR attribute, void* values, SIZE_T bytes) {
    return is_made_ && ::UpdateProcThreadAttribute(get(), 0, attribute, values, bytes, nullptr, nullptr) != 0;
  }
  LPPROC_THREAD_ATTRIBUTE_LIST get() { return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(storage_.data()); }

 private:
  std::vector<std::byte> storage_;
  bool is_made_ = false;
};

/// Makes handles inheritable for as long as it lives. Ours come with an explicit list, so only a start made elsewhere in the
/// host, without a list and within that moment, passes them on.
class InheritableHandles {
 public:
  explicit InheritableHandles(const ChildStdio& stdio) {
    for (std::size_t i = 0; i < handles_.size(); ++i) handles_[i] = RawHandle(stdio.handles[i]);
    Mark(HANDLE_FLAG_INHERIT);
  }
  ~InheritableHandles() { Mark(0); }
  InheritableHandles(const InheritableHandles&) = delete;
  InheritableHandles& operator=(const InheritableHandles&) = delete;

  std::array<HANDLE, 3>& all() { return handles_; }

 private:
  void Mark(DWORD flag) {
    for (const HANDLE handle : handles_) ::SetHandleInformation(handle, HANDLE_FLAG_INHERIT, flag);
  }
  std::array<HANDLE, 3> handles_{};
};

bool HostHasConsole() { return ::GetConsoleCP() != 0; }

DWORD CreationFlags(bool is_detached, bool shares_console, bool own_group) {
  DWORD flags = CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT | CREATE_SUSPENDED;
  if (is_detached) return flags | DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP;
  if (!shares_console) return flags | CREATE_NO_WINDOW;
  return own_group ? flags | CREATE_NEW_PROCESS_GROUP : flags;
}

/// Inside the job, whatever CreateProcessW made of the attribute. Returns false when that cannot be had.
bool IsContained(HANDLE process, HANDLE job) {
  BOOL is_member = FALSE;
  if (::IsProcessInJob(process, job, &is_member) && is_member) return true;
  return ::AssignProcessToJobObject(job, process) && ::IsProcessInJob(process, job, &is_member) && is_member;
}

bool CreateProcessWith(const SpawnRequest& request, STARTUPINFOEXW& startup, DWORD flags, PROCESS_INFORMATION& out) {
  std::wstring line = request.command_line;  // the call may write to it
  // The call takes a writable pointer for what it only reads.
  auto* const environment = const_cast<wchar_t*>(request.environment.data());
  return ::CreateProcessW(request.application.c_str(), line.data(), nullptr, nullptr, TRUE, flags, environment,
                          request.cwd.empty() ? nullptr : request.cwd.c_str(), &startup.StartupInfo, &out) != 0;
}

}  // namespace

Result<SpawnedProcess> SpawnProcess(const SpawnRequest& request, const ChildStdio& stdio, HANDLE job) {
  InheritableHandles streams(stdio);
  StartupAttributes attributes(job == nullptr ? 1 : 2);
  const bool has_list = attributes.Set(PROC_THREAD_ATTRIBUTE_HANDLE_LIST, streams.all().data(), sizeof(streams.all()));
  if (!has_list) return LastError("exec");
  // Refused by systems before Windows 10; there the leader is assigned while it is suspended.
  if (job != nullptr) (void)attributes.Set(PROC_THREAD_ATTRIBUTE_JOB_LIST, &job, sizeof job);

  STARTUPINFOEXW startup{};
  startup.StartupInfo.cb = sizeof startup;
  startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES | STARTF_USESHOWWINDOW;
  startup.StartupInfo.wShowWindow = SW_HIDE;
  startup.StartupInfo.hStdInput = streams.all()[0];
  startup.StartupInfo.hStdOutput = streams.all()[1];
  startup.StartupInfo.hStdError = streams.all()[2];
  startup.lpAttributeList = attributes.get();

  const bool shares_console = job != nullptr && HostHasConsole();
  // A command that reads the host's terminal hears Ctrl+C itself, which a group of its own would keep from it.
  const bool own_group = shares_console && !stdio.inherits_stdin;
  const DWORD flags = CreationFlags(job == nullptr, shares_console, own_group);
  PROCESS_INFORMATION made{};
  bool started = job == nullptr && CreateProcessWith(request, startup, flags | CREATE_BREAKAWAY_FROM_JOB, made);
  if (!started) started = CreateProcessWith(request, startup, flags, made);
  if (!started) return LastError("exec", ErrorSubject::kExecutable);

  SpawnedProcess spawned{Own(made.hProcess), made.dwProcessId, own_group};
  const OwnedHandle thread = Own(made.hThread);
  if (job != nullptr && !IsContained(made.hProcess, job)) {
    const core::OsError error = LastError("containment");
    ::TerminateProcess(made.hProcess, 1);
    return error;
  }
  ::ResumeThread(made.hThread);
  return spawned;
}

}  // namespace custody::platform
