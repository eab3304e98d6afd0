#include <windows.h>

#include "platform/engine_thread.h"
#include "platform/win32/win32_error.h"

namespace custody::platform {

namespace {

constexpr SIZE_T kThreadStackBytes = SIZE_T{256} << 10;
/// A thread needs the loader's lock to end, and whoever ends this environment may hold it.
constexpr DWORD kThreadEndLimitMs = 1'000;

/// A thread that is stuck at teardown may come back into this code, so the library stays for as long as the process does.
void KeepLibraryLoaded() {
  HMODULE ignored = nullptr;
  ::GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                       reinterpret_cast<LPCWSTR>(&KeepLibraryLoaded), &ignored);
}

class WindowsThread final : public EngineThread {
 public:
  explicit WindowsThread(OwnedHandle thread) : thread_(std::move(thread)) {}
  bool Join() override { return ::WaitForSingleObject(RawHandle(thread_), kThreadEndLimitMs) == WAIT_OBJECT_0; }
  void Abandon() override { thread_.Close(); }

 private:
  OwnedHandle thread_;
};

struct Entry {
  void (*function)(void*);
  void* argument;
};

DWORD WINAPI Main(void* raw) {
  const std::unique_ptr<Entry> entry(static_cast<Entry*>(raw));
  entry->function(entry->argument);
  return 0;
}

}  // namespace

// There are no signals: a write to a broken pipe just fails.
BorrowedThread::BorrowedThread() = default;
BorrowedThread::~BorrowedThread() = default;

core::Result<std::unique_ptr<EngineThread>> EngineThread::Start(void (*entry)(void*), void* argument) {
  KeepLibraryLoaded();
  auto start = std::make_unique<Entry>(Entry{entry, argument});
  OwnedHandle thread =
      Own(::CreateThread(nullptr, kThreadStackBytes, Main, start.get(), STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr));
  if (!thread.is_valid()) return LastError("thread");
  (void)start.release();
  return std::unique_ptr<EngineThread>(std::make_unique<WindowsThread>(std::move(thread)));
}

}  // namespace custody::platform
