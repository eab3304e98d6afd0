// The contracts of platform/*.h, kept by FakePlatform instead of an operating system.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "core/clock.h"
#include "fake_platform.h"
#include "platform/engine_thread.h"
#include "platform/host.h"
#include "platform/host_signals.h"

namespace custody::testing {

namespace {

using platform::NativeHandle;

/// Child's ends are numbered apart from ours: nobody reads or polls them here.
constexpr NativeHandle kChildEnds = 1'000'000;

/// OpenStdio is not told for whom; it follows ContainerFactory::Make on the same thread.
thread_local core::LaunchId launch_in_progress = 0;

std::chrono::steady_clock::time_point ToTimePoint(core::Instant at) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(at));
}

}  // namespace

// --- Poller and thread ---------------------------------------------------------------------------------------------

/// Level-triggered, as the contract says: what is ready is found by looking, at each wait.
class FakePoller final : public platform::Poller {
 public:
  core::Status Add(NativeHandle handle, platform::Interest interest, platform::PollToken token) override {
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    if (fake.registrations_left == 0) return core::OsError{ENOSPC, "epoll_ctl"};
    --fake.registrations_left;
    fake.watches_[handle] = {interest, token, this};
    return {};
  }

  void Remove(NativeHandle handle) override {
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    fake.watches_.erase(handle);
  }

  std::size_t Wait(core::Instant until, std::span<platform::PollToken> ready) override {
    FakePlatform& fake = FakePlatform::Current();
    std::unique_lock lock(fake.mutex_);
    for (;;) {
      const std::size_t count = Look(fake, ready);
      if (count > 0 || std::exchange(woken_, false) || core::MonotonicNow() >= until) return count;
      if (until == core::kNever) {
        fake.changed_.wait(lock);
      } else {
        fake.changed_.wait_until(lock, ToTimePoint(until));
      }
    }
  }

  void Wake() override {
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    woken_ = true;
    fake.changed_.notify_all();
  }

 private:
  std::size_t Look(FakePlatform& fake, std::span<platform::PollToken> ready) const {
    std::size_t count = 0;
    for (const auto& [handle, watch] : fake.watches_) {
      if (count < ready.size() && watch.poller == this && fake.IsReady(handle, watch.interest)) {
        ready[count++] = watch.token;
      }
    }
    for (const auto& [id, container] : fake.containers_) {
      if (count < ready.size() && container->poller_ == this && !container->to_say_.empty()) {
        ready[count++] = container->token_;
      }
    }
    return count;
  }

  bool woken_ = false;
};

class FakeThread final : public platform::EngineThread {
 public:
  FakeThread(void (*entry)(void*), void* argument) : thread_(entry, argument) {}
  bool Join() override {
    thread_.join();
    return true;
  }
  void Abandon() override {
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    fake.abandoned_.push_back(std::move(thread_));
  }

 private:
  std::thread thread_;
};

// --- The contracts -------------------------------------------------------------------------------------------------

struct PlatformCalls {
  static LaunchPlan CurrentPlan() {
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    return fake.plan_;
  }

  static core::Result<std::unique_ptr<platform::EngineThread>> StartThread(void (*entry)(void*), void* argument) {
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    if (fake.refuses_threads) return core::OsError{EAGAIN, "thread"};
    ++fake.threads_;
    return std::unique_ptr<platform::EngineThread>(std::make_unique<FakeThread>(entry, argument));
  }

  static void CloseHandle(NativeHandle handle) {
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    fake.open_.erase(handle);
    if (handle < kChildEnds) fake.streams_[handle].closed = true;
  }

  static core::Result<platform::StdioPair> OpenStdio(const core::LaunchSpec& spec) {
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    if (fake.refuses_stdio) return core::OsError{EMFILE, "pipe"};
    platform::StdioPair out;
    for (int stream = 0; stream < FakePlatform::kStreamsPerLaunch; ++stream) {
      const auto index = static_cast<std::size_t>(stream);
      out.child.handles[index] = fake.OpenHandle(kChildEnds + FakePlatform::HostEnd(launch_in_progress, stream));
      fake.streams_.try_emplace(FakePlatform::HostEnd(launch_in_progress, stream));
    }
    if (spec.stdin_source == core::StdinSource::kPipe) {
      out.host.input = platform::InputPipe(fake.OpenHandle(FakePlatform::HostEnd(launch_in_progress, 0)));
    }
    for (int index = 0; index < 2; ++index) {
      if (spec.output[index] != core::OutputTarget::kCapture) continue;
      out.host.output[static_cast<std::size_t>(index)] =
          platform::OutputPipe(fake.OpenHandle(FakePlatform::HostEnd(launch_in_progress, index + 1)));
    }
    return out;
  }

  static core::Result<std::size_t> Read(NativeHandle handle, std::span<std::byte> into) {
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    FakeStream& stream = fake.streams_[handle];
    if (stream.broken) return core::OsError{EIO, "read"};
    if (stream.bytes.empty() && !stream.ended) return core::OsError{EAGAIN, "read"};
    const std::size_t count = std::min(into.size(), stream.bytes.size());
    std::copy_n(reinterpret_cast<const std::byte*>(stream.bytes.data()), count, into.begin());
    stream.bytes.erase(0, count);
    return count;
  }

  static core::Result<std::size_t> Write(NativeHandle handle, std::span<const std::byte> from) {
    // A write wakes the reader, which may take the processor: whoever offers more then waits for the buffer's lock.
    std::this_thread::yield();
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    FakeStream& stream = fake.streams_[handle];
    if (stream.broken) return core::OsError{EPIPE, "write"};
    if (stream.room == 0) return core::OsError{EAGAIN, "write"};
    const std::size_t count = std::min(from.size(), stream.room);
    stream.bytes.append(reinterpret_cast<const char*>(from.data()), count);
    stream.room -= count;
    return count;
  }

  static void Enlarge(NativeHandle handle, std::size_t bytes) {
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    fake.streams_[handle].enlarged_to = bytes;
  }

  static std::vector<core::NamedProcess> Holders(NativeHandle handle) {
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    return fake.streams_[handle].holders;
  }
};

class FakeFactory final : public platform::ContainerFactory {
 public:
  explicit FakeFactory(platform::Poller& poller) : poller_(poller) {}

  core::Result<std::unique_ptr<platform::Container>> Make(const core::LaunchSpec& spec, platform::PollToken token,
                                                          platform::ContainerObserver& observer) override {
    if (spec.containment_required && spec.containment != core::ContainmentWish::kGroup) {
      return core::OsError{0, "containment"};
    }
    launch_in_progress = token.launch;
    return std::unique_ptr<platform::Container>(
        std::make_unique<FakeContainer>(PlatformCalls::CurrentPlan(), poller_, token, observer));
  }

 private:
  platform::Poller& poller_;
};

class FakeContainment final : public platform::Containment {
 public:
  std::unique_ptr<platform::ContainerFactory> MakeFactory(platform::Poller& poller) override {
    return std::make_unique<FakeFactory>(poller);
  }
};

}  // namespace custody::testing

namespace custody::platform {

using testing::FakePlatform;
using testing::PlatformCalls;

core::Result<std::unique_ptr<Poller>> Poller::Create() {
  if (FakePlatform::Current().refuses_pollers) return core::OsError{EMFILE, "epoll_create1"};
  return std::unique_ptr<Poller>(std::make_unique<testing::FakePoller>());
}

BorrowedThread::BorrowedThread() = default;
BorrowedThread::~BorrowedThread() = default;

core::Result<std::unique_ptr<EngineThread>> EngineThread::Start(void (*entry)(void*), void* argument) {
  return PlatformCalls::StartThread(entry, argument);
}

std::shared_ptr<Containment> Containment::Create() { return std::make_shared<testing::FakeContainment>(); }

core::Result<StdioPair> OpenStdio(const core::LaunchSpec& spec) { return PlatformCalls::OpenStdio(spec); }
void CloseHandleOnce(NativeHandle handle) { PlatformCalls::CloseHandle(handle); }
bool WouldBlock(const core::OsError& error) { return error.code == EAGAIN; }

core::Result<std::size_t> OutputPipe::ReadSome(std::span<std::byte> into) {
  return PlatformCalls::Read(handle_.get(), into);
}
void OutputPipe::Enlarge(std::size_t bytes) { PlatformCalls::Enlarge(handle_.get(), bytes); }
std::vector<core::NamedProcess> OutputPipe::Holders() const { return PlatformCalls::Holders(handle_.get()); }
core::Result<std::size_t> InputPipe::WriteSome(std::span<const std::byte> from) {
  return PlatformCalls::Write(handle_.get(), from);
}
core::Status InputPipe::Watch(Poller& poller, PollToken token) {
  return poller.Add(handle_.get(), Interest::kWritable, token);
}
void InputPipe::Unwatch(Poller& poller) { poller.Remove(handle_.get()); }
void InputPipe::Close() { handle_.Close(); }

core::Capabilities QueryCapabilities() { return {}; }
std::string CopyHostEnvironment() { return {}; }

void TrapHostSignals() {}
int TrappedHostSignal() { return 0; }
void ReleaseHostSignals() {}

}  // namespace custody::platform
