#include "guardian/darwin/sweep_guardian.h"

#include <sys/event.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include "guardian/monotonic.h"

namespace custody::guardian {

namespace {

/// Looks that members' forks ask for take at most half of one processor, however often they fork.
constexpr core::Nanos kShortestRest = core::kNanosPerMilli / 2;
/// When the table could not be read: no memory, which may come back.
constexpr core::Nanos kBlindRest = 10 * core::kNanosPerMilli;

bool WatchReadable(int kqueue, int socket) {
  struct kevent change {};
  EV_SET(&change, static_cast<std::uintptr_t>(socket), EVFILT_READ, EV_ADD, 0, 0, nullptr);
  return ::kevent(kqueue, &change, 1, nullptr, 0, nullptr) == 0;
}

}  // namespace

bool SweepGuardian::WatchHost() {
  struct kevent change {};
  EV_SET(&change, static_cast<std::uintptr_t>(host_), EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, nullptr);
  const bool watched = ::kevent(kqueue_, &change, 1, nullptr, 0, nullptr) == 0;
  // Asked after the note was set: between the two it cannot have ended unnoticed. The host started us, so while it lives it
  // is our parent.
  return watched && ::getppid() == host_;
}

int SweepGuardian::Serve() {
  kqueue_ = ::kqueue();
  if (kqueue_ == -1 || !WatchReadable(kqueue_, control_)) return 1;
  if (!WatchHost()) LoseHost();
  for (;;) {
    TakeRuns();
    for (const auto& run : runs_) {
      run->Hear(Now());
      has_news_ = has_news_ || run->wants_look();
    }
    const core::Instant now = Now();
    if (now >= NextLook()) LookAround(now);
    std::erase_if(runs_, [](const auto& run) { return run->is_done(); });
    if (is_ending_ && runs_.empty()) return 0;
    Wait();
  }
}

void SweepGuardian::LookAround(core::Instant now) {
  const bool can_see = table_.Read();
  if (can_see) {
    has_news_ = false;
    for (const auto& run : runs_) run->Look(table_, now);
  }
  looked_at_ = Now();
  rest_until_ = looked_at_ + (can_see ? std::max(looked_at_ - now, kShortestRest) : kBlindRest);
  is_blind_ = !can_see;
}

core::Instant SweepGuardian::NextLook() const {
  core::Instant next = has_news_ ? rest_until_ : core::kNever;
  // A kill does not rest, unless there is nothing to be seen.
  for (const auto& run : runs_) next = std::min(next, run->wake_at());
  return is_blind_ && next != core::kNever ? std::max(next, rest_until_) : next;
}

void SweepGuardian::Wait() {
  constexpr std::size_t kMostEvents = 64;
  std::array<struct kevent, kMostEvents> events;
  const core::Instant until = NextLook();
  const timespec span = ToTimespec(until - Now());
  const int count = ::kevent(kqueue_, nullptr, 0, events.data(), static_cast<int>(events.size()),
                             until == core::kNever ? nullptr : &span);
  for (int i = 0; i < count; ++i) {
    const struct kevent& event = events[static_cast<std::size_t>(i)];
    if (event.filter != EVFILT_PROC) continue;
    has_news_ = true;
    if (event.ident == static_cast<std::uintptr_t>(host_) && (event.fflags & NOTE_EXIT) != 0) LoseHost();
  }
}

void SweepGuardian::TakeRuns() {
  while (!is_ending_) {
    int connection = -1;
    const Arrival arrival = TakeOpenRun(control_, connection);
    if (arrival == Arrival::kNothing) return;
    if (arrival == Arrival::kEnd) return LoseHost();
    auto run = std::make_unique<WatchedRun>(connection, kqueue_);
    // Dropped if it cannot be heard: the host sees its end close.
    if (WatchReadable(kqueue_, connection)) runs_.push_back(std::move(run));
  }
}

void SweepGuardian::LoseHost() {
  if (is_ending_) return;
  is_ending_ = true;
  ::close(control_);
  for (const auto& run : runs_) run->LoseHost(Now());
}

}  // namespace custody::guardian
