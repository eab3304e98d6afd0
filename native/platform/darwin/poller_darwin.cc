#include <sys/event.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>

#include "platform/poller.h"
#include "platform/posix/posix_error.h"

namespace custody::platform {

namespace {

constexpr int kMostEvents = 64;
constexpr int kChannelBits = 8;
constexpr std::uintptr_t kWakeIdent = 0;
static_assert(sizeof(void*) == sizeof(std::uint64_t), "a poll token travels in a pointer");

// An event carries a pointer of ours and gives it back untouched, so the token itself goes there.
void* Pack(PollToken token) { return reinterpret_cast<void*>(token.launch << kChannelBits | token.channel); }
PollToken Unpack(void* data) {
  const auto packed = reinterpret_cast<std::uint64_t>(data);
  return {packed >> kChannelBits, static_cast<std::uint8_t>(packed & 0xFF)};
}

class KqueuePoller final : public Poller {
 public:
  explicit KqueuePoller(OwnedHandle kqueue) : kqueue_(std::move(kqueue)) {}

  core::Status StartWakeUps() {
    struct kevent change {};
    EV_SET(&change, kWakeIdent, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, nullptr);
    if (::kevent(fd(), &change, 1, nullptr, 0, nullptr) == -1) return LastError("kevent");
    return {};
  }

  core::Status Add(NativeHandle handle, Interest interest, PollToken token) override {
    struct kevent change {};
    const std::int16_t filter = interest == Interest::kReadable ? EVFILT_READ : EVFILT_WRITE;
    // Without EV_CLEAR an event repeats for as long as it holds. Source: macOS kqueue(2).
    EV_SET(&change, static_cast<std::uintptr_t>(handle), filter, EV_ADD, 0, 0, Pack(token));
    if (::kevent(fd(), &change, 1, nullptr, 0, nullptr) == -1) return LastError("kevent");
    return {};
  }

  void Remove(NativeHandle handle) override {
    for (const std::int16_t filter : std::array<std::int16_t, 2>{EVFILT_READ, EVFILT_WRITE}) {
      struct kevent change {};
      EV_SET(&change, static_cast<std::uintptr_t>(handle), filter, EV_DELETE, 0, 0, nullptr);
      (void)::kevent(fd(), &change, 1, nullptr, 0, nullptr);  // ENOENT: it was the other one
    }
  }

  std::size_t Wait(core::Instant until, std::span<PollToken> ready) override {
    std::array<struct kevent, kMostEvents> events;
    const int most = static_cast<int>(std::min<std::size_t>(ready.size(), kMostEvents));
    timespec timeout{};
    if (until != 0 && until != core::kNever) {
      constexpr core::Nanos kSecond = 1'000'000'000;
      const core::Nanos left = std::max<core::Nanos>(until - core::MonotonicNow(), 0);
      timeout.tv_sec = static_cast<time_t>(left / kSecond);
      timeout.tv_nsec = static_cast<long>(left % kSecond);
    }
    const int count = ::kevent(fd(), nullptr, 0, events.data(), most, until == core::kNever ? nullptr : &timeout);
    std::size_t filled = 0;
    for (int i = 0; i < count; ++i) {
      const struct kevent& event = events[static_cast<std::size_t>(i)];
      if (event.filter != EVFILT_USER) ready[filled++] = Unpack(event.udata);
    }
    return filled;
  }

  void Wake() override {
    struct kevent change {};
    EV_SET(&change, kWakeIdent, EVFILT_USER, 0, NOTE_TRIGGER, 0, nullptr);
    (void)RetryOnEintr([&] { return ::kevent(fd(), &change, 1, nullptr, 0, nullptr); });
  }

 private:
  int fd() const { return static_cast<int>(kqueue_.get()); }

  OwnedHandle kqueue_;
};

}  // namespace

core::Result<std::unique_ptr<Poller>> Poller::Create() {
  // Not inherited by fork, and close-on-exec by nature. Source: macOS kqueue(2).
  OwnedHandle kqueue(::kqueue());
  if (!kqueue.is_valid()) return LastError("kqueue");
  auto poller = std::make_unique<KqueuePoller>(std::move(kqueue));
  if (core::Status started = poller->StartWakeUps(); !started.ok()) return started.error();
  return std::unique_ptr<Poller>(std::move(poller));
}

}  // namespace custody::platform
