#include "guardian/shim.h"

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>

#include "guardian/datagram.h"
#include "guardian/monotonic.h"
#include "guardian/quiet_signals.h"

namespace custody::guardian {

namespace {

using core::wire::Header;
using core::wire::MessageType;

/// What an idle shim may keep of its buffers.
constexpr std::size_t kKeptBytes = 4096;

}  // namespace

Shim::Shim(const ShimSeat& seat) : seat_(seat) {
  owner_.self = this;
  owner_.reap = [](void* self) { return static_cast<Shim*>(self)->Reap(); };
  owner_.on_found = [](void* self, const ProcessStat& stat) { static_cast<Shim*>(self)->NameEnded(stat); };
}

int Shim::Serve() {
  if (!inbox_.Resize(core::wire::kMaxDatagram)) return 1;
  for (;;) {
    Advance(Now());
    if (link_ == Link::kOpen) Tell();
    if (IsDone()) return 0;
    // Telling may have lost the host, and then there is a tree to end at once.
    if (WakeAt() > Now()) Wait();
    if (link_ == Link::kOpen) ReadMessages();
  }
}

bool Shim::IsDone() const {
  if (run_.is_active) return false;
  return link_ != Link::kOpen || (served_one_ && due_ == 0 && seat_.kind == core::wire::ShimKind::kNamespace);
}

void Shim::Advance(core::Instant now) {
  if (!run_.is_active) return;
  Reap();
  if (run_.leader_gone && run_.owed_signal != 0 && !no_child_) SignalOutsiders();
  WatchLimits(now);
  kill_.Step(now);
  // Somebody was put into the leaf who is no descendant: only looking again tells when it is gone.
  if (no_child_ && !nothing_left_) BeginKill();
  if (!run_.leader_gone && !run_.started_told && now >= run_.started_at + core::wire::kStartedWait) due_ |= kDueStarted;
  if (kill_.is_running() && now >= run_.next_report) {
    run_.next_report = now + core::wire::kSurvivorPeriod;
    due_ |= kDueTree;
  }
  if (!nothing_left_ || !run_.leader_gone) return;
  if (link_ != Link::kOpen) {
    FinishRun();
  } else if (run_.exited_told) {
    due_ |= kDueTree;
  }
}

core::Instant Shim::WakeAt() const {
  core::Instant wake_at = kill_.wake_at();
  if (link_ == Link::kOpen && seat_.host.needs_looks()) wake_at = std::min(wake_at, Now() + HostWatch::kLookPeriod);
  if (!run_.is_active || link_ != Link::kOpen) return wake_at;
  if (!run_.leader_gone && !run_.started_told) {
    wake_at = std::min(wake_at, run_.started_at + core::wire::kStartedWait);
  }
  if (kill_.is_running()) {
    wake_at = std::min(wake_at, run_.next_report);
  } else if (!nothing_left_) {
    wake_at = std::min(wake_at, limits_.wake_at());
  }
  // What is due waits for room in the socket, not for a time.
  if (socket_is_full_) wake_at = std::max(wake_at, Now() + core::kNanosPerMilli);
  return wake_at;
}

void Shim::Wait() {
  const core::Instant wake_at = WakeAt();
  const timespec span = ToTimespec(wake_at - Now());
  std::array<pollfd, 2> wanted{};
  const bool is_open = link_ == Link::kOpen;
  wanted[0] = {is_open ? seat_.socket : -1, static_cast<short>(POLLIN | (socket_is_full_ ? POLLOUT : 0)), 0};
  wanted[1] = {is_open ? seat_.host.pidfd() : -1, POLLIN, 0};
  const sigset_t mask = WaitingMask();
  if (::ppoll(wanted.data(), wanted.size(), wake_at == core::kNever ? nullptr : &span, &mask) <= 0) {
    wanted[0].revents = 0;
    wanted[1].revents = 0;
  }
  if ((wanted[0].revents & POLLOUT) != 0) socket_is_full_ = false;
  // End of file alone is not enough: a fork without exec anywhere in the host keeps a copy of the host's end open.
  const bool seen_gone = wanted[1].revents != 0 || (seat_.host.needs_looks() && seat_.host.IsGone());
  if (is_open && seen_gone) host_is_gone_ = true;
}

void Shim::ReadMessages() {
  for (;;) {
    Datagram datagram;
    const Receipt receipt = Receive(seat_.socket, {inbox_.data(), inbox_.size()}, datagram);
    if (receipt == Receipt::kNothing) return host_is_gone_ ? LoseHost() : void();
    if (receipt == Receipt::kEnd) return LoseHost();
    const bool is_whole = !datagram.lost_descriptors;
    const Header* const header = CheckShimDatagram(datagram.bytes, datagram.descriptor_count);
    if (!is_whole && !run_.is_active && datagram.bytes.size() >= sizeof(core::wire::Launch)) {
      // A fine message, for whose descriptors this process has no room.
      run_.number = reinterpret_cast<const Header*>(datagram.bytes.data())->run;
      RefuseLaunch(EMFILE, core::wire::StartStage::kRead);
    } else if (header == nullptr) {
      datagram.CloseDescriptors();
      return LoseHost();
    } else if (static_cast<MessageType>(header->type) == MessageType::kLaunch) {
      const bool is_free = !run_.is_active && due_ == 0 && !served_one_ && !host_is_gone_;
      if (is_free) Launch(datagram, *reinterpret_cast<const core::wire::Launch*>(header));
      datagram.CloseDescriptors();
      if (!is_free) return LoseHost();
    } else {
      Handle(datagram, *header);
    }
    datagram.CloseDescriptors();
    if (link_ != Link::kOpen) return;
  }
}

void Shim::Handle(const Datagram& datagram, const Header& header) {
  // About a run that is over: it crossed with our last word.
  if (!run_.is_active || header.run != run_.number) return;
  switch (static_cast<MessageType>(header.type)) {
    case MessageType::kSignal:
      return SignalRun(reinterpret_cast<const core::wire::Signal*>(datagram.bytes.data())->number);
    case MessageType::kKill:
      return BeginKill();
    case MessageType::kProbe:
      due_ |= kDueTree;
      return;
    case MessageType::kContinue:
      if (!run_.leader_gone) SignalRun(SIGCONT);
      return;
    case MessageType::kKeep: {
      const auto* const keep = reinterpret_cast<const core::wire::Keep*>(datagram.bytes.data());
      if (keep->mode == core::wire::KeepMode::kLetGo) LetGo();
      return;
    }
    default:
      return;
  }
}

void Shim::LoseHost() {
  if (link_ != Link::kOpen) return;
  link_ = Link::kClosed;
  due_ = 0;
  ::close(seat_.socket);
  seat_.host.Close();
  if (run_.is_active) BeginKill();
}

void Shim::LetGo() {
  // Written before the socket closes: the guardian may ask as soon as the host is gone.
  seat_.state->store(ShimState::kLetGo);
  link_ = Link::kLetGo;
  due_ = 0;
  ::close(seat_.socket);
  seat_.host.Close();
}

void Shim::FinishRun() {
  kill_.End();
  limits_.End();
  leaf_.Remove();
  const std::uint32_t number = run_.number;
  run_ = Run{};
  run_.number = number;
  served_one_ = seat_.kind == core::wire::ShimKind::kNamespace;
  text_.Release();
  if (pointers_.size() * sizeof(char*) > kKeptBytes) pointers_.Release();
  ::madvise(inbox_.data() + kKeptBytes, inbox_.size() - kKeptBytes, MADV_DONTNEED);
}

}  // namespace custody::guardian
