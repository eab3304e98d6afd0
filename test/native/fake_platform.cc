// The script's side of the fake platform, and the container and the sink that come with it.
#include "fake_platform.h"

#include <chrono>
#include <thread>
#include <utility>

#include "core/clock.h"

namespace custody::testing {

namespace {

using platform::NativeHandle;

FakePlatform* current = nullptr;

}  // namespace

// --- FakePlatform --------------------------------------------------------------------------------------------------

FakePlatform::FakePlatform() { current = this; }
FakePlatform::~FakePlatform() { current = nullptr; }
FakePlatform& FakePlatform::Current() { return *current; }

NativeHandle FakePlatform::HostEnd(core::LaunchId id, int stream) {
  return static_cast<NativeHandle>(id) * kStreamsPerLaunch + stream;
}

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
      observer_.OnStarted(FakePlatform::kPid, core::MonotonicNow());
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

// --- RecordingSink -------------------------------------------------------------------------------------------------

std::uint64_t RecordingSink::Push(const core::Event& event, engine::Urgency urgency) {
  const std::lock_guard lock(mutex_);
  events_.push_back(event);
  unflushed_ = urgency == engine::Urgency::kWhenConvenient;
  return deliveries_;
}

void RecordingSink::Flush() {
  const std::lock_guard lock(mutex_);
  unflushed_ = false;
  ++flushes_;
}

int RecordingSink::flushes() {
  const std::lock_guard lock(mutex_);
  return flushes_;
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

}  // namespace custody::testing
