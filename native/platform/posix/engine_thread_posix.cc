#include <pthread.h>

#include <csignal>

#include "platform/engine_thread.h"
#include "platform/posix/process_calls.h"

namespace custody::platform {

namespace {

constexpr std::size_t kThreadStackBytes = std::size_t{256} << 10;

void PrepareCallingThread() {
  sigset_t mask;
  sigfillset(&mask);
  // SIGCHLD stays open. Blocked here, the kernel picks the main thread or a V8 worker to deliver it and wakes that
  // thread at every child's end, even where it is ignored. Measured by test/bench (throughput).
  sigdelset(&mask, SIGCHLD);
  ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  NameCallingThread("custody");
}

sigset_t PipeSignal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

class PosixThread final : public EngineThread {
 public:
  explicit PosixThread(pthread_t thread) : thread_(thread) {}
  bool Join() override { return ::pthread_join(thread_, nullptr) == 0; }
  void Abandon() override { ::pthread_detach(thread_); }

 private:
  pthread_t thread_;
};

struct Entry {
  void (*function)(void*);
  void* argument;
};

void* Main(void* raw) {
  const std::unique_ptr<Entry> entry(static_cast<Entry*>(raw));
  PrepareCallingThread();
  entry->function(entry->argument);
  return nullptr;
}

}  // namespace

BorrowedThread::BorrowedThread() {
  const sigset_t pipe_signal = PipeSignal();
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  was_open_ = sigismember(&before, SIGPIPE) == 0;
}

BorrowedThread::~BorrowedThread() {
  if (!was_open_) return;
  const sigset_t pipe_signal = PipeSignal();
  sigset_t pending;
  ::sigpending(&pending);
  int ignored = 0;
  if (sigismember(&pending, SIGPIPE) == 1) ::sigwait(&pipe_signal, &ignored);
  ::pthread_sigmask(SIG_UNBLOCK, &pipe_signal, nullptr);
}

core::Result<std::unique_ptr<EngineThread>> EngineThread::Start(void (*entry)(void*), void* argument) {
  KeepLibraryLoaded();
  auto start = std::make_unique<Entry>(Entry{entry, argument});
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, kThreadStackBytes);
  pthread_t thread{};
  const int code = ::pthread_create(&thread, &attributes, Main, start.get());
  ::pthread_attr_destroy(&attributes);
  if (code != 0) return core::OsError{code, "thread"};
  (void)start.release();
  return std::unique_ptr<EngineThread>(std::make_unique<PosixThread>(thread));
}

}  // namespace custody::platform
