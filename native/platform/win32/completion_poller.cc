#include "platform/win32/completion_poller.h"

#include <algorithm>
#include <array>
#include <mutex>

#include "platform/win32/win32_error.h"

namespace custody::platform {

namespace {

constexpr ULONG kMostEvents = 64;
/// How long the end of a poller waits for reads it has cancelled. They come back at once; what does not is left behind.
constexpr DWORD kCancelLimitMs = 1'000;

HANDLE Raw(NativeHandle handle) { return reinterpret_cast<HANDLE>(handle); }

DWORD MillisUntil(core::Instant until) {
  if (until == 0) return 0;
  if (until == core::kNever) return INFINITE;
  const core::Nanos left = std::max<core::Nanos>(until - core::MonotonicNow(), 0);
  // Rounded up, so that a timer is never early; the longest finite wait is fine, the caller looks at its clock.
  const core::Nanos millis = (left + core::kNanosPerMilli - 1) / core::kNanosPerMilli;
  return static_cast<DWORD>(std::min<core::Nanos>(millis, INFINITE - 1));
}

/// Which port hears of which watched object. The number is all that a callback knows, because one may still come after its wait
/// was taken back; by then the number means nothing.
///
/// Thread : any.
class ObjectWatchers {
 public:
  /// Never destroyed: a callback may come while the process ends.
  static ObjectWatchers& Get() {
    static auto& watchers = *new ObjectWatchers;
    return watchers;
  }
  std::uintptr_t Add(HANDLE port) {
    const std::lock_guard lock(mutex_);
    ports_.emplace(++last_number_, port);
    return last_number_;
  }
  /// From here on the port may be closed.
  void Remove(std::uintptr_t number) {
    const std::lock_guard lock(mutex_);
    ports_.erase(number);
  }
  void Tell(std::uintptr_t number, ULONG_PTR key) {
    const std::lock_guard lock(mutex_);
    const auto found = ports_.find(number);
    if (found == ports_.end()) return;
    ::PostQueuedCompletionStatus(found->second, 0, key, reinterpret_cast<OVERLAPPED*>(number));
  }

 private:
  std::mutex mutex_;
  std::uintptr_t last_number_ = 0;
  std::unordered_map<std::uintptr_t, HANDLE> ports_;
};

}  // namespace

/// What is watched for: armed, it tells once.
struct CompletionPoller::Watch {
  explicit Watch(PollToken told) : token(told) {}
  virtual ~Watch() = default;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  virtual core::Status Arm() = 0;
  /// Returns the operation that the system still holds, nullptr when there is none.
  virtual OVERLAPPED* Disarm() = 0;

  const PollToken token;
  bool has_told = false;
};

/// Source : Win32 ReadFile on a byte pipe. A read of no bytes takes nothing, and waits like any other.
struct CompletionPoller::PipeWatch final : Watch, OVERLAPPED {
  PipeWatch(PollToken told, HANDLE watched, HANDLE completion_port)
      : Watch(told), OVERLAPPED{}, pipe(watched), port(completion_port) {}

  core::Status Arm() override {
    static_cast<OVERLAPPED&>(*this) = {};
    in_flight = true;
    if (::ReadFile(pipe, &nothing, 0, nullptr, this) || ::GetLastError() == ERROR_IO_PENDING) return {};
    // Nobody writes any more. No packet will say so, and the next read will.
    if (::PostQueuedCompletionStatus(port, 0, kPipeKey, this)) return {};
    in_flight = false;
    return LastError("poll");
  }
  OVERLAPPED* Disarm() override {
    if (!in_flight) return nullptr;
    ::CancelIoEx(pipe, this);
    return this;
  }

  HANDLE pipe;
  HANDLE port;
  char nothing = 0;
  bool in_flight = false;
};

/// Source : Win32 RegisterWaitForSingleObject. Its wait is taken back without waiting for a callback (README.md, decision 9).
struct CompletionPoller::ObjectWatch final : Watch {
  ObjectWatch(PollToken told, HANDLE watched, HANDLE completion_port)
      : Watch(told), object(watched), number(ObjectWatchers::Get().Add(completion_port)) {}
  ~ObjectWatch() override {
    ObjectWatchers::Get().Remove(number);
    ObjectWatch::Disarm();
  }

  core::Status Arm() override {
    Disarm();
    const ULONG flags = WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD;
    auto* const context = reinterpret_cast<void*>(number);
    if (!::RegisterWaitForSingleObject(&wait, object, &OnSignalled, context, INFINITE, flags)) {
      wait = nullptr;
      return LastError("poll");
    }
    return {};
  }
  OVERLAPPED* Disarm() override {
    if (wait != nullptr) ::UnregisterWaitEx(std::exchange(wait, nullptr), nullptr);
    return nullptr;
  }
  static void CALLBACK OnSignalled(void* context, BOOLEAN /*timed_out*/) {
    ObjectWatchers::Get().Tell(reinterpret_cast<std::uintptr_t>(context), kObjectKey);
  }

  HANDLE object;
  std::uintptr_t number;
  HANDLE wait = nullptr;
};

CompletionPoller::CompletionPoller(OwnedHandle port) : port_(std::move(port)) {}

CompletionPoller::~CompletionPoller() {
  while (!watches_.empty()) Remove(watches_.begin()->first);
  const core::Instant deadline = core::MonotonicNow() + kCancelLimitMs * core::kNanosPerMilli;
  std::array<PollToken, kMostEvents> ignored;
  while (!leaving_.empty() && core::MonotonicNow() < deadline) (void)Wait(deadline, ignored);
  for (auto& [operation, watch] : leaving_) (void)watch.release();  // the system may still write to it
}

core::Status CompletionPoller::Add(NativeHandle handle, Interest interest, PollToken token) {
  if (interest == Interest::kWritable) return WatchObject(handle, token);
  // A handle belongs to one port for good, and only ever comes to one poller: refused means that it came before.
  if (::CreateIoCompletionPort(Raw(handle), RawHandle(port_), kPipeKey, 0) == nullptr &&
      ::GetLastError() != ERROR_INVALID_PARAMETER) {
    return LastError("poll");
  }
  return Start(handle, std::make_unique<PipeWatch>(token, Raw(handle), RawHandle(port_)));
}

core::Status CompletionPoller::WatchObject(NativeHandle handle, PollToken token) {
  auto watch = std::make_unique<ObjectWatch>(token, Raw(handle), RawHandle(port_));
  const std::uintptr_t number = watch->number;
  core::Status status = Start(handle, std::move(watch));
  if (status.ok()) objects_.emplace(number, handle);
  return status;
}

core::Status CompletionPoller::Start(NativeHandle handle, std::unique_ptr<Watch> watch) {
  if (core::Status status = watch->Arm(); !status.ok()) return status;
  Remove(handle);
  watches_.emplace(handle, std::move(watch));
  return {};
}

void CompletionPoller::Remove(NativeHandle handle) {
  const auto found = watches_.find(handle);
  if (found == watches_.end()) return;
  std::unique_ptr<Watch> watch = std::move(found->second);
  watches_.erase(found);
  std::erase_if(objects_, [handle](const auto& entry) { return entry.second == handle; });
  if (OVERLAPPED* const operation = watch->Disarm(); operation != nullptr) {
    leaving_.emplace(operation, std::move(watch));
  }
}

core::Result<std::uintptr_t> CompletionPoller::WatchJob(HANDLE job, PollToken token) {
  const std::uintptr_t number = next_job_++;
  JOBOBJECT_ASSOCIATE_COMPLETION_PORT association{reinterpret_cast<void*>(number), RawHandle(port_)};
  if (!::SetInformationJobObject(job, JobObjectAssociateCompletionPortInformation, &association, sizeof association)) {
    return LastError("job");
  }
  jobs_.emplace(number, WatchedJob{token, {}});
  return number;
}

JobNews CompletionPoller::TakeNews(std::uintptr_t job) {
  const auto found = jobs_.find(job);
  return found == jobs_.end() ? JobNews{} : std::exchange(found->second.news, {});
}

void CompletionPoller::ForgetJob(std::uintptr_t job) { jobs_.erase(job); }

std::size_t CompletionPoller::Wait(core::Instant until, std::span<PollToken> ready) {
  ArmAgain();
  std::array<OVERLAPPED_ENTRY, kMostEvents> packets;
  const ULONG most = static_cast<ULONG>(std::min<std::size_t>(ready.size(), kMostEvents));
  ULONG count = 0;
  if (!::GetQueuedCompletionStatusEx(RawHandle(port_), packets.data(), most, &count, MillisUntil(until), FALSE)) {
    return 0;
  }
  std::size_t filled = 0;
  for (ULONG i = 0; i < count; ++i) {
    if (Understand(packets[i], ready[filled])) ++filled;
  }
  return filled;
}

void CompletionPoller::ArmAgain() {
  for (const NativeHandle handle : std::exchange(told_, {})) {
    const auto found = watches_.find(handle);
    // The number may have been given to another handle since, whose watch is armed.
    if (found == watches_.end() || !std::exchange(found->second->has_told, false)) continue;
    // A watch that cannot be armed any more tells nothing; the deadlines of its run still hold.
    (void)found->second->Arm();
  }
}

bool CompletionPoller::Understand(const OVERLAPPED_ENTRY& packet, PollToken& token) {
  switch (packet.lpCompletionKey) {
    case kWakeKey:
      return false;
    case kPipeKey:
      return PipeReady(packet.lpOverlapped, token);
    case kObjectKey:
      return ObjectReady(reinterpret_cast<std::uintptr_t>(packet.lpOverlapped), token);
    default:
      return JobHeard(packet.lpCompletionKey, packet.dwNumberOfBytesTransferred, token);
  }
}

bool CompletionPoller::PipeReady(OVERLAPPED* operation, PollToken& token) {
  if (leaving_.erase(operation) > 0) return false;
  auto* const watch = static_cast<PipeWatch*>(operation);
  watch->in_flight = false;
  watch->has_told = true;
  told_.push_back(reinterpret_cast<NativeHandle>(watch->pipe));
  token = watch->token;
  return true;
}

bool CompletionPoller::ObjectReady(std::uintptr_t number, PollToken& token) {
  // By number, because a packet may have been posted just before its watch was removed.
  const auto object = objects_.find(number);
  if (object == objects_.end()) return false;
  Watch& watch = *watches_.at(object->second);
  watch.has_told = true;
  told_.push_back(object->second);
  token = watch.token;
  return true;
}

bool CompletionPoller::JobHeard(std::uintptr_t number, DWORD code, PollToken& token) {
  const auto found = jobs_.find(number);
  if (found == jobs_.end()) return false;
  found->second.news.Note(code);
  token = found->second.token;
  return true;
}

void CompletionPoller::Wake() { ::PostQueuedCompletionStatus(RawHandle(port_), 0, kWakeKey, nullptr); }

core::Result<std::unique_ptr<Poller>> Poller::Create() {
  OwnedHandle port = Own(::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1));
  if (!port.is_valid()) return LastError("poll");
  return std::unique_ptr<Poller>(std::make_unique<CompletionPoller>(std::move(port)));
}

}  // namespace custody::platform
