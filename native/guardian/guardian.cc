#include "guardian/guardian.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <ctime>

#include "guardian/cgroup_leaf.h"
#include "guardian/datagram.h"
#include "guardian/kernel_calls.h"
#include "guardian/monotonic.h"
#include "guardian/namespace_fork.h"
#include "guardian/quiet_signals.h"

namespace custody::guardian {

namespace {

using core::wire::MessageType;

/// States that fit in the shared page; so many shims at once are more than a machine has descriptors for.
constexpr std::uint32_t kMostShims = 4096;
constexpr std::uint32_t kNoSlot = ~std::uint32_t{0};
constexpr core::Nanos kEndingLook = 10 * core::kNanosPerMilli;

void AnswerFailed(int socket, int error) {
  core::wire::ShimFailed message{};
  message.header = {static_cast<std::uint16_t>(MessageType::kShimFailed), core::wire::kVersion, sizeof message, 0, 0};
  message.error = error;
  Send(socket, {reinterpret_cast<const std::byte*>(&message), sizeof message});
}

}  // namespace

Guardian::Guardian(pid_t host, int socket, int host_pidfd) : host_(host, host_pidfd), socket_(socket) {
  owner_.self = this;
  owner_.reap = [](void* self) {
    auto* const guardian = static_cast<Guardian*>(self);
    guardian->Reap();
    return guardian->HasNoOrphans();
  };
  owner_.is_exempt = [](void* self, pid_t pid) { return static_cast<Guardian*>(self)->IsExempt(pid); };
}

int Guardian::Serve() {
  void* const shared = ::mmap(nullptr, kMostShims, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 1;
  static_assert(sizeof(std::atomic<ShimState>) == 1 && std::atomic<ShimState>::is_always_lock_free);
  states_ = static_cast<std::atomic<ShimState>*>(shared);
  for (;;) {
    Advance(Now());
    if (IsDone()) return 0;
    const bool is_host_gone = Wait();
    // To its end: what the host said last may be that there are groups.
    if (!is_ending_) ReadControl();
    // Set in a shim that has served: it came out of ReadControl by another way than it went in.
    if (exit_code_ != -1) return exit_code_;
    if (is_host_gone && !is_ending_) Close();
  }
}

bool Guardian::IsDone() const {
  if (!is_ending_ || kill_.is_running() || groups_.is_running()) return false;
  return std::ranges::all_of(shims_, [this](const ShimEntry& shim) {
    return !shim.is_lost && states_[shim.slot].load() == ShimState::kLetGo;
  });
}

void Guardian::Advance(core::Instant now) {
  Reap();
  groups_.Step(now);
  const bool was_running = kill_.is_running();
  kill_.Step(now);
  if (was_running && !kill_.is_running()) return TellLost(true);
  if (kill_.is_running() && now >= next_report_) {
    next_report_ = now + core::wire::kSurvivorPeriod;
    TellLost(false);
  }
}

bool Guardian::Wait() {
  core::Instant wake_at = std::min(kill_.wake_at(), kill_.is_running() ? next_report_ : core::kNever);
  wake_at = std::min(wake_at, groups_.wake_at());
  const core::Instant now = Now();
  // A shim that lets go says so in shared memory, and by nothing that would wake us.
  if (is_ending_) wake_at = std::min(wake_at, now + kEndingLook);
  if (!is_ending_ && host_.needs_looks()) wake_at = std::min(wake_at, now + HostWatch::kLookPeriod);
  const timespec span = ToTimespec(wake_at - now);
  std::array<pollfd, 2> wanted{};
  wanted[0] = {is_ending_ ? -1 : socket_, POLLIN, 0};
  wanted[1] = {is_ending_ ? -1 : host_.pidfd(), POLLIN, 0};
  const sigset_t mask = WaitingMask();
  const int ready = ::ppoll(wanted.data(), wanted.size(), wake_at == core::kNever ? nullptr : &span, &mask);
  const bool seen_gone = ready > 0 && wanted[1].revents != 0;
  return !is_ending_ && (seen_gone || (host_.needs_looks() && host_.IsGone()));
}

void Guardian::Close() {
  is_ending_ = true;
  ::close(socket_);
  host_.Close();
  groups_.Begin(Now());
  // A shim that somebody stopped could not notice that its host is gone.
  for (const ShimEntry& shim : shims_) {
    if (!shim.is_lost && shim.pid > 1) ::kill(shim.pid, SIGCONT);
  }
}

void Guardian::ReadControl() {
  for (;;) {
    alignas(8) std::array<std::byte, sizeof(core::wire::OpenShim)> buffer;
    Datagram datagram;
    const Receipt receipt = Receive(socket_, buffer, datagram);
    if (receipt == Receipt::kNothing) return;
    if (receipt == Receipt::kEnd) return Close();
    const core::wire::Header* const header = CheckControlDatagram(datagram.bytes, datagram.descriptor_count);
    if (header == nullptr) {
      datagram.CloseDescriptors();
      // Without room for the descriptor there is no shim to answer for, and the host sees its end close.
      if (datagram.lost_descriptors) continue;
      return Close();
    }
    Obey(*header, datagram.descriptors[0]);
    if (exit_code_ != -1 || is_ending_) return;
  }
}

void Guardian::Obey(const core::wire::Header& request, int descriptor) {
  if (static_cast<MessageType>(request.type) == MessageType::kOpenShim) {
    OpenShim(reinterpret_cast<const core::wire::OpenShim&>(request), descriptor);
  } else if (!groups_.Hold(descriptor)) {
    Close();
  }
}

std::uint32_t Guardian::TakeSlot() {
  for (std::uint32_t tried = 0; tried < kMostShims; ++tried) {
    const std::uint32_t slot = (slots_used_ + tried) % kMostShims;
    if (states_[slot].load() != ShimState::kFree) continue;
    slots_used_ = slot + 1;
    states_[slot].store(ShimState::kInCustody);
    return slot;
  }
  return kNoSlot;
}

int Guardian::CgroupBase() {
  if (!cgroup_probed_) {
    cgroup_probed_ = true;
    const int base = OpenOwnCgroup();
    const char* step = "";
    if (base != -1 && ProbeCgroup(base, &step) == 0) {
      cgroup_base_ = base;
    } else if (base != -1) {
      ::close(base);
    }
  }
  return cgroup_base_;
}

void Guardian::OpenShim(const core::wire::OpenShim& request, int socket) {
  const bool has_namespace = request.kind == core::wire::ShimKind::kNamespace;
  children_.Clear();
  // Without lists of children nothing could be found to be ended.
  const int blind = AddChildren(0, children_) ? 0 : (IsGoneByErrno() ? ENOSYS : errno);
  const std::uint32_t slot = blind == 0 ? TakeSlot() : kNoSlot;
  if (slot == kNoSlot) {
    AnswerFailed(socket, blind == 0 ? EAGAIN : blind);
    ::close(socket);
    return;
  }
  const int cgroup_base = request.use_cgroup == 1 && !has_namespace ? CgroupBase() : -1;
  // From within a namespace the host's directory cannot be entered any more.
  const bool in_host_directory = has_namespace && ::chdir(ProcPath(host_.pid(), "/cwd").text()) == 0;
  const pid_t pid = has_namespace ? ForkIntoNamespace() : ::fork();
  if (pid == 0) {
    exit_code_ = BecomeShim({socket, host_, request.kind, &states_[slot], cgroup_base, in_host_directory});
    return;
  }
  const int error = errno;
  // No file system is kept busy from here. The root can be entered always.
  if (in_host_directory && ::chdir("/") == -1) Close();
  // A shim that cannot be remembered could not be told from an orphan: its end goes with it.
  const bool known = pid != -1 && shims_.Push({pid, socket, slot, request.kind, false, false});
  if (known) return;
  if (pid > 1) ::kill(pid, SIGKILL);
  states_[slot].store(ShimState::kFree);
  AnswerFailed(socket, pid == -1 ? error : ENOMEM);
  ::close(socket);
}

int Guardian::BecomeShim(const ShimSeat& seat) {
  ::close(socket_);
  // Copies of other shims' ends: a dead shim would not show as one while they are open.
  for (const ShimEntry& other : shims_) ::close(other.socket);
  shims_.Release();
  exempt_.Release();
  children_.Release();
  kill_.End();
  groups_.Release();
  ::prctl(PR_SET_NAME, "custody-shim");
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  Shim shim(seat);
  return shim.Serve();
}

void Guardian::Reap() {
  has_exempted_ = false;
  for (;;) {
    int status = 0;
    const pid_t pid = RetryOnEintr([&] { return ::waitpid(-1, &status, WNOHANG | __WALL); });
    if (pid <= 0) break;
    ++reaped_;
    for (std::size_t i = 0; i < shims_.size(); ++i) {
      if (shims_[i].pid != pid || shims_[i].is_lost) continue;
      ForgetShim(i, WIFEXITED(status) && WEXITSTATUS(status) == 0);
      break;
    }
    for (std::size_t i = 0; i < exempt_.size(); ++i) {
      if (exempt_[i] == pid) exempt_.RemoveAt(i--);
    }
  }
  // Whoever was spared may have belonged to a shim that died in the same moment: nobody can say any more that it is empty.
  for (std::size_t i = 0; has_exempted_ && i < shims_.size(); ++i) {
    if (shims_[i].is_lost) shims_[i].is_doubtful = true;
  }
}

void Guardian::ForgetShim(std::size_t index, bool ended_well) {
  ShimEntry& entry = shims_[index];
  const bool let_go = states_[entry.slot].load() == ShimState::kLetGo;
  states_[entry.slot].store(ShimState::kFree);
  if (ended_well || let_go) {
    ::close(entry.socket);
    shims_.RemoveAt(index);
    if (let_go && !ended_well) ExemptOrphans();
    return;
  }
  if (cgroup_base_ != -1) RemoveLeavesOf(cgroup_base_, entry.pid);
  entry.is_lost = true;
  const core::Instant now = Now();
  if (!kill_.is_running()) next_report_ = now + core::wire::kSurvivorPeriod;
  kill_.Begin(owner_, KillMethod::kPinned, now);
}

void Guardian::ExemptOrphans() {
  has_exempted_ = true;
  children_.Clear();
  AddChildren(0, children_);
  for (const pid_t pid : children_) {
    if (!IsExempt(pid)) exempt_.Push(pid);
  }
}

bool Guardian::IsExempt(pid_t pid) const {
  return std::ranges::any_of(shims_, [pid](const ShimEntry& shim) { return shim.pid == pid && !shim.is_lost; }) ||
         std::ranges::any_of(exempt_, [pid](pid_t spared) { return spared == pid; });
}

bool Guardian::HasNoOrphans() {
  // The kernel's list may leave one out while others end. Two looks between which nobody was collected left nobody out.
  constexpr int kLooks = 2;
  for (int look = 0; look < kLooks; ++look) {
    const std::uint64_t before = reaped_;
    children_.Clear();
    if (!AddChildren(0, children_)) return false;
    for (const pid_t pid : children_) {
      if (!IsExempt(pid)) return false;
    }
    Reap();
    if (reaped_ != before) return false;
  }
  return true;
}

void Guardian::TellLost(bool empty) {
  struct {
    core::wire::Tree tree{};
    std::array<core::wire::ProcessRecord, core::kNamedProcesses> records{};
  } message;
  core::wire::Tree& tree = message.tree;
  if (!empty) {
    DescendantWalk walk(owner_);
    ProcessStat stat;
    for (; walk.Next(stat); ++tree.member_count) {
      if (tree.record_count == core::kNamedProcesses) continue;
      const auto why = kill_.WasRefused(stat.pid) ? core::SurvivorReason::kPermission : ReasonOf(stat);
      message.records[tree.record_count++] = RecordOf(stat, why);
    }
  }
  const std::size_t length = sizeof tree + tree.record_count * sizeof(core::wire::ProcessRecord);
  tree.header = {static_cast<std::uint16_t>(MessageType::kShimLost), core::wire::kVersion,
                 static_cast<std::uint32_t>(length), 0, 0};
  tree.empty = empty ? 1 : 0;
  for (std::size_t i = 0; i < shims_.size(); ++i) {
    if (!shims_[i].is_lost) continue;
    // To a host the end of file alone means: not confirmed.
    if (!empty || !shims_[i].is_doubtful)
      Send(shims_[i].socket, {reinterpret_cast<const std::byte*>(&message), length});
    if (!empty) continue;
    if (cgroup_base_ != -1) RemoveLeavesOf(cgroup_base_, shims_[i].pid);
    // A full socket loses the last word, but not the end of file behind it: no confirmation is what that means.
    ::close(shims_[i].socket);
    shims_.RemoveAt(i--);
  }
}

}  // namespace custody::guardian
