#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <ctime>

#include "platform/poller.h"
#include "platform/posix/posix_error.h"

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

namespace custody::platform {

namespace {

constexpr std::uint64_t kWakeData = 0;
constexpr int kMostEvents = 64;
constexpr int kChannelBits = 8;

std::uint64_t Pack(PollToken token) { return token.launch << kChannelBits | token.channel; }
PollToken Unpack(std::uint64_t data) { return {data >> kChannelBits, static_cast<std::uint8_t>(data & 0xFF)}; }

class EpollPoller final : public Poller {
 public:
  EpollPoller(OwnedHandle epoll, OwnedHandle wake) : epoll_(std::move(epoll)), wake_(std::move(wake)) {}

  core::Status Add(NativeHandle handle, Interest interest, PollToken token) override {
    epoll_event event{};
    event.events = interest == Interest::kReadable ? EPOLLIN : EPOLLOUT;
    event.data.u64 = Pack(token);
    if (::epoll_ctl(fd(), EPOLL_CTL_ADD, static_cast<int>(handle), &event) == -1) return LastError("epoll_ctl");
    return {};
  }

  void Remove(NativeHandle handle) override {
    epoll_event ignored{};
    ::epoll_ctl(fd(), EPOLL_CTL_DEL, static_cast<int>(handle), &ignored);
  }

  std::size_t Wait(core::Instant until, std::span<PollToken> ready) override {
    std::array<epoll_event, kMostEvents> events;
    const int most = static_cast<int>(std::min<std::size_t>(ready.size(), kMostEvents));
    const int count = WaitForEvents(events.data(), most, until);
    std::size_t filled = 0;
    for (int i = 0; i < count; ++i) {
      const std::uint64_t data = events[static_cast<std::size_t>(i)].data.u64;
      if (data == kWakeData) {
        DrainWake();
      } else {
        ready[filled++] = Unpack(data);
      }
    }
    return filled;
  }

  void Wake() override {
    const std::uint64_t one = 1;
    // Full is as good as written: the counter is not zero, so the wait ends.
    (void)RetryOnEintr([&] { return ::write(static_cast<int>(wake_.get()), &one, sizeof one); });
  }

 private:
  int fd() const { return static_cast<int>(epoll_.get()); }

  int WaitForEvents(epoll_event* events, int most, core::Instant until) {
    const core::Instant now = until == 0 || until == core::kNever ? 0 : core::MonotonicNow();
    if (until == 0 || until == core::kNever) return ::epoll_wait(fd(), events, most, until == 0 ? 0 : -1);
    const core::Nanos left = std::max<core::Nanos>(until - now, 0);
    if (has_pwait2_) {
      constexpr core::Nanos kSecond = 1'000'000'000;
      timespec timeout{};
      timeout.tv_sec = static_cast<time_t>(left / kSecond);
      timeout.tv_nsec = static_cast<long>(left % kSecond);
      const long count = ::syscall(SYS_epoll_pwait2, fd(), events, most, &timeout, nullptr, 0);
      if (count != -1 || (errno != ENOSYS && errno != EPERM)) return static_cast<int>(count);
      has_pwait2_ = false;  // Linux before 5.11: whole milliseconds, rounded up so that a timer is never early
    }
    const core::Nanos millis = (left + core::kNanosPerMilli - 1) / core::kNanosPerMilli;
    return ::epoll_wait(fd(), events, most, static_cast<int>(std::min<core::Nanos>(millis, INT_MAX)));
  }

  void DrainWake() {
    std::uint64_t ignored = 0;
    (void)RetryOnEintr([&] { return ::read(static_cast<int>(wake_.get()), &ignored, sizeof ignored); });
  }

  OwnedHandle epoll_;
  OwnedHandle wake_;
  bool has_pwait2_ = true;
};

}  // namespace

core::Result<std::unique_ptr<Poller>> Poller::Create() {
  OwnedHandle epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.is_valid()) return LastError("epoll_create1");
  OwnedHandle wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.is_valid()) return LastError("eventfd");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeData;
  if (::epoll_ctl(static_cast<int>(epoll.get()), EPOLL_CTL_ADD, static_cast<int>(wake.get()), &event) == -1) {
    return LastError("epoll_ctl");
  }
  return std::unique_ptr<Poller>(std::make_unique<EpollPoller>(std::move(epoll), std::move(wake)));
}

}  // namespace custody::platform
