// Runs under Windows (test/platform/win32/poller.test.ts): watched objects that are signalled while their watch is removed.
#include <windows.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <thread>

#include "core/clock.h"
#include "platform/poller.h"

namespace {

using custody::platform::Interest;
using custody::platform::NativeHandle;
using custody::platform::Poller;
using custody::platform::PollToken;

/// A wait thread needs about as long to hear of an object.
constexpr custody::core::Nanos kLongestPause = 200'000;

[[noreturn]] void Fail(const char* what, int round) {
  std::printf("round %d: %s\n", round, what);
  std::exit(1);
}

void Pause(custody::core::Nanos time) {
  const custody::core::Instant until = custody::core::MonotonicNow() + time;
  while (custody::core::MonotonicNow() < until) YieldProcessor();
}

}  // namespace

/// windows_poller_race <rounds>: prints "ok", or what went wrong.
int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 1;
  auto created = Poller::Create();
  if (!created.ok()) Fail("there is no poller", 0);
  Poller& poller = *created.value();
  std::atomic<int> wanted = -1;
  std::atomic<int> signalled = -1;
  std::atomic<HANDLE> object = nullptr;
  std::thread signaller([&] {
    for (int round = 0; round < rounds; ++round) {
      while (wanted.load() < round) std::this_thread::yield();
      ::SetEvent(object.load());
      signalled.store(round);
    }
  });
  std::minstd_rand random(1);
  std::uniform_int_distribution<custody::core::Nanos> pauses(0, kLongestPause);
  for (int round = 0; round < rounds; ++round) {
    const HANDLE event = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
    const auto handle = reinterpret_cast<NativeHandle>(event);
    if (!poller.Add(handle, Interest::kWritable, PollToken{1, 0}).ok()) Fail("the object cannot be watched", round);
    object.store(event);
    wanted.store(round);
    Pause(pauses(random));
    poller.Remove(handle);
    std::array<PollToken, 4> ready;
    if (poller.Wait(0, ready) != 0) Fail("a removed watch told", round);
    while (signalled.load() < round) std::this_thread::yield();
    ::CloseHandle(event);
  }
  signaller.join();
  std::puts("ok");
  return 0;
}
