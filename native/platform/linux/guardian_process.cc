#include "platform/linux/guardian_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "platform/linux/guardian_file.h"
#include "platform/linux/pinned_process.h"
#include "platform/linux/wire_socket.h"
#include "platform/posix/posix_error.h"
#include "platform/posix/spawn.h"

namespace custody::platform {

namespace {

namespace wire = core::wire;

/// An unpacker may have lost the run bit, and the directory may be mounted without exec. Both are EACCES.
core::Result<Spawned> SpawnProgram(SpawnRequest& request) {
  core::Result<Spawned> spawned = SpawnHere(request);
  const bool may_not_run = !spawned.ok() && (spawned.error().code == EACCES || spawned.error().code == EPERM);
  if (!may_not_run) return spawned;
  core::Result<OwnedHandle> copy = CopyToMemory(request.path);
  if (!copy.ok()) return spawned.error();
  request.executable = static_cast<int>(copy.value().get());
  return SpawnHere(request);
}

}  // namespace

GuardianProcess::GuardianProcess(bool uses_cgroups) : file_(GuardianFile()), uses_cgroups_(uses_cgroups) {
  failed_at_.fill(-core::kGuardianFailureSpan);
}

GuardianProcess::~GuardianProcess() {
  if (process_.pid != -1) former_.push_back({std::move(process_), std::move(control_)});
  for (Former& guardian : former_) guardian.control.Close();
  // They have nothing left to do, unless something resists its kill. That may take as long as it takes.
  const core::Instant limit = core::MonotonicNow() + core::kGuardianEndLimit;
  for (const Former& guardian : former_) {
    if (!guardian.process.exit_handle.is_valid()) continue;
    pollfd ended{static_cast<int>(guardian.process.exit_handle.get()), POLLIN, 0};
    const core::Nanos left = std::max<core::Nanos>(limit - core::MonotonicNow(), 0);
    (void)RetryOnEintr([&] { return ::poll(&ended, 1, static_cast<int>(left / core::kNanosPerMilli)); });
  }
  ReapFormer();
}

core::Result<Shim> GuardianProcess::OpenShim(wire::ShimKind kind) {
  const std::lock_guard lock(mutex_);
  // One that is of no use is started a few times, and then refused.
  for (;;) {
    core::Result<Shim> shim = Ask(kind);
    const bool gone = !shim.ok() && (shim.error().code == EPIPE || shim.error().code == ECONNRESET);
    if (!gone) return shim;
    Forget();  // it closed its end, so it is about to end or has
  }
}

core::Result<Shim> GuardianProcess::Ask(wire::ShimKind kind) {
  if (core::Status running = EnsureRunning(); !running.ok()) return running.error();
  core::Result<WireSocketPair> pair = MakeWireSocketPair();
  if (!pair.ok()) return pair.error();
  auto message = MakeMessage<wire::OpenShim>(wire::MessageType::kOpenShim, 0);
  message.kind = kind;
  message.use_cgroup = uses_cgroups_ ? 1 : 0;
  const int theirs = static_cast<int>(pair.value().theirs.get());
  if (core::Status sent = SendMessage(control_, message, {&theirs, 1}); !sent.ok()) return sent.error();
  return Shim{std::move(pair.value().ours), kind, 0, generation_};
}

GroupTable* GuardianProcess::GuardGroups() {
  const std::lock_guard lock(mutex_);
  const bool is_running = EnsureRunning().ok();
  if (is_running && table_generation_ != generation_ && TellOfGroups().ok()) table_generation_ = generation_;
  // While there is none, the places wait for the next.
  return refusal_ ? nullptr : table_;
}

core::Status GuardianProcess::TellOfGroups() {
  if (table_ == nullptr) {
    core::Result<std::unique_ptr<GroupTable>> table = GroupTable::Create();
    if (!table.ok()) return table.error();
    table_ = tables_.emplace_back(std::move(table.value())).get();
  }
  const int memory = static_cast<int>(table_->memory().get());
  return SendMessage(control_, MakeMessage<wire::Command>(wire::MessageType::kGuardGroups, 0), {&memory, 1});
}

bool GuardianProcess::StandsBehind(const Shim& shim) {
  const std::lock_guard lock(mutex_);
  ForgetIfUnfit();
  // Also where no new shim is needed: a guardian whose connection ended first is a zombie only a little later.
  ReapFormer();
  return control_.is_valid() && shim.generation == generation_;
}

void GuardianProcess::ForgetIfUnfit() {
  if (process_.pid == -1) return;
  pollfd ended{static_cast<int>(process_.exit_handle.get()), POLLIN, 0};
  if (identity_ != HostIdentity::Current()) {
    Retire();
  } else if (process_.exit_handle.is_valid() && ::poll(&ended, 1, 0) == 1) {
    Forget();
  }
}

core::Status GuardianProcess::EnsureRunning() {
  ForgetIfUnfit();
  ReapFormer();
  if (refusal_) return *refusal_;
  if (control_.is_valid()) return {};
  core::Status started = Start();
  if (started.ok()) return started;
  if (IsShortage(started.error().code)) return core::OsError{started.error().code, "spawn"};
  refusal_ = core::OsError{started.error().code, "containment"};
  return *refusal_;
}

core::Status GuardianProcess::Start() {
  core::Result<WireSocketPair> pair = MakeWireSocketPair();
  if (!pair.ok()) return pair.error();
  core::Result<OwnedHandle> control = CopyAbovePlaces(pair.value().theirs, "spawn");
  if (!control.ok()) return control.error();
  OwnedHandle null(RetryOnEintr([] { return ::open("/dev/null", O_RDWR | O_CLOEXEC); }));
  if (!null.is_valid()) return LastError("spawn");
  core::Result<OwnedHandle> streams = CopyAbovePlaces(null, "spawn");
  if (!streams.ok()) return streams.error();
  OwnedHandle self = OpenPidfd(::getpid());
  if (self.is_valid()) {
    core::Result<OwnedHandle> placed = CopyAbovePlaces(self, "spawn");
    if (!placed.ok()) return placed.error();
    self = std::move(placed.value());
  }
  SpawnRequest request;
  request.path = file_;
  const std::string version = std::to_string(wire::kVersion);
  const std::string host = std::to_string(::getpid());
  request.argv = {"custody-guardian", version.c_str(), host.c_str(), nullptr};
  // None of the host's: what it holds is meant for commands, and each brings its own.
  request.environment = {nullptr};
  request.stdio.fill(static_cast<int>(streams.value().get()));
  request.further = {static_cast<int>(control.value().get())};
  if (self.is_valid()) request.further.push_back(static_cast<int>(self.get()));
  static_assert(wire::kGuardianSocket == 3 && wire::kGuardianHostPidfd == 4);
  // Read first: if it changes meanwhile the next look finds a difference, and never takes an old root for the new user.
  identity_ = HostIdentity::Current();
  core::Result<Spawned> spawned = SpawnProgram(request);
  if (!spawned.ok()) return spawned.error();
  process_ = std::move(spawned.value());
  control_ = std::move(pair.value().ours);
  ++generation_;
  was_of_use_.store(false, std::memory_order_relaxed);
  return {};
}

void GuardianProcess::Retire() {
  // Its successor may not be allowed to signal whom it guards. So it keeps them, and the connection, whose end would be
  // theirs; and whatever is launched from now on gets a table of its own.
  if (table_generation_ != generation_) control_.Close();
  former_.push_back({std::exchange(process_, {}), std::move(control_)});
  table_ = nullptr;
}

void GuardianProcess::Forget() {
  control_.Close();
  former_.push_back({std::exchange(process_, {}), {}});
  if (was_of_use_.load(std::memory_order_relaxed)) return;
  const core::Instant now = core::MonotonicNow();
  std::rotate(failed_at_.begin(), failed_at_.begin() + 1, failed_at_.end());
  failed_at_.back() = now;
  if (now - failed_at_.front() < core::kGuardianFailureSpan) refusal_ = core::OsError{ECHILD, "containment"};
}

void GuardianProcess::ReapFormer() {
  std::erase_if(former_, [](const Former& guardian) {
    siginfo_t info{};
    const auto pid = static_cast<id_t>(guardian.process.pid);
    const int answer = RetryOnEintr([&] { return ::waitid(P_PID, pid, &info, WEXITED | WNOHANG); });
    // ECHILD: somebody else collected it, or the host ignores SIGCHLD; either way the pid is no longer ours.
    return answer == -1 || info.si_pid == guardian.process.pid;
  });
}

}  // namespace custody::platform
