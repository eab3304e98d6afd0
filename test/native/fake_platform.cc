// The contracts of platform/*.h, kept by FakePlatform instead of an operating system.
#include "fake_platform.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "core/clock.h"
#include "platform/engine_thread.h"
#include "platform/host.h"

namespace custody::testing {

namespace {

using platform::NativeHandle;

constexpr int kStreamsPerLaunch = 3;
/// Child's ends are numbered apart from ours: nobody reads or polls them here.
constexpr NativeHandle kChildEnds = 1'000'000;

FakePlatform* current = nullptr;
/// OpenStdio is not told for whom; it follows MakeContainer on the same thread.
thread_local core::LaunchId launch_in_progress = 0;

NativeHandle HostEnd(core::LaunchId id, int stream) {
  return static_cast<NativeHandle>(id) * kStreamsPerLaunch + stream;
}

std::chrono::steady_clock::time_point ToTimePoint(core::Instant at) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(at));
}

}  // namespace

// --- FakePlatform --------------------------------------------------------------------------------------------------

FakePlatform::FakePlatform() { current = this; }
FakePlatform::~FakePlatform() { current = nullptr; }
FakePlatform& FakePlatform::Current() { return *current; }

void FakePlatform::Plan(LaunchPlan plan) {
  const std::lock_guard lock(mutex_);
  plan_ = std::move(plan);
}

void FakePlatform::LetLaunchesGo() {
  const std::lock_guard lock(mutex_);
  lets_launches_go_ = true;
  changed_.notify_all();
}

void FakePlatform::Alter(core::LaunchId id, int stream, const std::function<void(FakeStream&)>& change) {
  const std::lock_guard lock(mutex_);
  change(streams_[HostEnd(id, stream)]);
  changed_.notify_all();
}

void FakePlatform::Write(core::LaunchId id, int stream, const std::string& bytes) {
  Alter(id, stream, [&](FakeStream& target) { target.bytes += bytes; });
}

void FakePlatform::End(core::LaunchId id, int stream) {
  Alter(id, stream, [](FakeStream& target) { target.ended = true; });
}

void FakePlatform::MakeRoom(core::LaunchId id, std::size_t bytes) {
  Alter(id, 0, [&](FakeStream& target) { target.room += bytes; });
}

void FakePlatform::Say(core::LaunchId id, Said said) {
  const std::lock_guard lock(mutex_);
  containers_.at(id)->to_say_.push_back(std::move(said));
  changed_.notify_all();
}

void FakePlatform::JoinAbandoned() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    threads.swap(abandoned_);
  }
  for (std::thread& thread : threads) thread.join();
}

FakeStream FakePlatform::stream(core::LaunchId id, int stream) {
  const std::lock_guard lock(mutex_);
  return streams_[HostEnd(id, stream)];
}

std::string FakePlatform::calls(core::LaunchId id) {
  const std::lock_guard lock(mutex_);
  const auto found = containers_.find(id);
  return found == containers_.end() ? past_calls_[id] : found->second->calls_;
}

bool FakePlatform::is_watched(core::LaunchId id, int stream) {
  const std::lock_guard lock(mutex_);
  return watches_.contains(HostEnd(id, stream));
}

bool FakePlatform::container_exists(core::LaunchId id) {
  const std::lock_guard lock(mutex_);
  return containers_.contains(id);
}

std::size_t FakePlatform::launches_held() {
  const std::lock_guard lock(mutex_);
  return held_;
}

std::size_t FakePlatform::threads_started() {
  const std::lock_guard lock(mutex_);
  return threads_;
}

std::size_t FakePlatform::open_handles() {
  const std::lock_guard lock(mutex_);
  return open_.size();
}

bool FakePlatform::IsReady(NativeHandle handle, platform::Interest interest) const {
  const auto found = streams_.find(handle);
  if (found == streams_.end()) return false;
  const FakeStream& stream = found->second;
  if (interest == platform::Interest::kReadable) return !stream.bytes.empty() || stream.ended || stream.broken;
  return stream.room > 0 || stream.broken;
}

platform::OwnedHandle FakePlatform::OpenHandle(NativeHandle handle) {
  open_.insert(handle);
  return platform::OwnedHandle(handle);
}

// --- FakeContainer -------------------------------------------------------------------------------------------------

FakeContainer::FakeContainer(LaunchPlan plan, platform::Poller& poller, platform::PollToken token,
                             platform::ContainerObserver& observer)
    : plan_(std::move(plan)), poller_(&poller), token_(token), observer_(observer) {
  FakePlatform& fake = FakePlatform::Current();
  const std::lock_guard lock(fake.mutex_);
  fake.containers_[token.launch] = this;
}

FakeContainer::~FakeContainer() {
  FakePlatform& fake = FakePlatform::Current();
  const std::lock_guard lock(fake.mutex_);
  fake.past_calls_[token_.launch] = calls_;
  fake.containers_.erase(token_.launch);
  fake.changed_.notify_all();
}

void FakeContainer::Note(const char* call) {
  FakePlatform& fake = FakePlatform::Current();
  const std::lock_guard lock(fake.mutex_);
  if (!calls_.empty()) calls_ += ' ';
  calls_ += call;
}

void FakeContainer::Launch(const core::LaunchSpec& /*spec*/, platform::ChildStdio stdio) {
  Note("launch");
  if (plan_.holds_thread) {
    FakePlatform& fake = FakePlatform::Current();
    std::unique_lock lock(fake.mutex_);
    ++fake.held_;
    fake.changed_.wait(lock, [&] { return fake.lets_launches_go_; });
    --fake.held_;
  }
  for (platform::OwnedHandle& handle : stdio.handles) handle.Close();
  switch (plan_.answer) {
    case LaunchPlan::Answer::kStarts:
      observer_.OnStarted(FakePlatform::kPid);
      break;
    case LaunchPlan::Answer::kIsRefused:
      observer_.OnSpawnFailed(plan_.refusal);
      break;
    case LaunchPlan::Answer::kComesLater:
      break;
  }
}

std::optional<core::StopStep> FakeContainer::SignalSoft(core::Instant now) {
  Note("soft");
  return core::StopStep{"SIGTERM", core::SignalScope::kGroup, now};
}

std::optional<core::StopStep> FakeContainer::SignalHard(core::Instant now) {
  Note("hard");
  if (plan_.on_hard) plan_.on_hard(observer_);
  return core::StopStep{"SIGKILL", core::SignalScope::kGroup, now};
}

void FakeContainer::Look(const char* call) {
  Note(call);
  if (plan_.members == LaunchPlan::Members::kNone) observer_.OnContainerEmpty();
  if (plan_.members == LaunchPlan::Members::kSome) observer_.OnContainerOccupied();
}

void FakeContainer::Probe(core::Instant /*now*/) { Look("probe"); }
void FakeContainer::ReapLeader(core::Instant /*now*/) { Look("reap"); }
void FakeContainer::Resume() { Note("resume"); }
void FakeContainer::KeepMembers() { Note("keep"); }
void FakeContainer::OnWake(core::Instant /*now*/) { Note("wake"); }

void FakeContainer::OnReady(core::Instant /*now*/) {
  std::vector<Said> said;
  {
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    said.swap(to_say_);
  }
  for (const Said& one : said) one(observer_);
}

platform::ContainerReport FakeContainer::Report() {
  platform::ContainerReport report = plan_.report;
  report.mechanism = core::Mechanism::kGroup;
  return report;
}

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
  void Join() override { thread_.join(); }
  void Abandon() override {
    FakePlatform& fake = FakePlatform::Current();
    const std::lock_guard lock(fake.mutex_);
    fake.abandoned_.push_back(std::move(thread_));
  }

 private:
  std::thread thread_;
};

// --- RecordingSink -------------------------------------------------------------------------------------------------

void RecordingSink::Push(const core::Event& event, engine::Urgency urgency) {
  const std::lock_guard lock(mutex_);
  events_.push_back(event);
  unflushed_ = urgency == engine::Urgency::kWhenConvenient;
}

void RecordingSink::Flush() {
  const std::lock_guard lock(mutex_);
  unflushed_ = false;
}

std::vector<core::Event> RecordingSink::events() {
  const std::lock_guard lock(mutex_);
  return events_;
}

std::string RecordingSink::kinds(core::LaunchId id) {
  constexpr std::string_view kLetters = "sowpSC";
  std::string out;
  for (const core::Event& event : events()) {
    if (event.id == id) out += kLetters[static_cast<std::size_t>(event.kind)];
  }
  return out;
}

bool RecordingSink::has_unflushed() {
  const std::lock_guard lock(mutex_);
  return unflushed_;
}

bool Eventually(const std::function<bool()>& condition) {
  const core::Instant limit = core::MonotonicNow() + 5'000 * core::kNanosPerMilli;
  constexpr int kLooksWithoutRest = 1'000;
  for (int looks = 0; !condition(); ++looks) {
    if (core::MonotonicNow() > limit) return false;
    if (looks < kLooksWithoutRest) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return true;
}

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
    for (int stream = 0; stream < kStreamsPerLaunch; ++stream) {
      const auto index = static_cast<std::size_t>(stream);
      out.child.handles[index] = fake.OpenHandle(kChildEnds + HostEnd(launch_in_progress, stream));
      fake.streams_.try_emplace(HostEnd(launch_in_progress, stream));
    }
    if (spec.stdin_source == core::StdinSource::kPipe) {
      out.host.input = platform::InputPipe(fake.OpenHandle(HostEnd(launch_in_progress, 0)));
    }
    for (int index = 0; index < 2; ++index) {
      if (spec.output[index] != core::OutputTarget::kCapture) continue;
      out.host.output[static_cast<std::size_t>(index)] =
          platform::OutputPipe(fake.OpenHandle(HostEnd(launch_in_progress, index + 1)));
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

}  // namespace custody::testing

namespace custody::platform {

using testing::FakePlatform;
using testing::PlatformCalls;

core::Result<std::unique_ptr<Poller>> Poller::Create() {
  if (FakePlatform::Current().refuses_pollers) return core::OsError{EMFILE, "epoll_create1"};
  return std::unique_ptr<Poller>(std::make_unique<testing::FakePoller>());
}

core::Result<std::unique_ptr<EngineThread>> EngineThread::Start(void (*entry)(void*), void* argument) {
  return PlatformCalls::StartThread(entry, argument);
}

core::Result<std::unique_ptr<Container>> MakeContainer(const core::LaunchSpec& spec, Poller& poller, PollToken token,
                                                       ContainerObserver& observer) {
  if (spec.containment_required && spec.containment != core::ContainmentWish::kGroup) {
    return core::OsError{0, "containment"};
  }
  testing::launch_in_progress = token.launch;
  return std::unique_ptr<Container>(
      std::make_unique<testing::FakeContainer>(PlatformCalls::CurrentPlan(), poller, token, observer));
}

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

core::Capabilities QueryCapabilities() { return {}; }
std::string CopyHostEnvironment() { return {}; }

}  // namespace custody::platform
