// How a launch reaches a shim.
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <vector>

#include "core/limits.h"
#include "platform/linux/host_identity.h"
#include "platform/linux/tree_container.h"
#include "platform/linux/wire_socket.h"
#include "platform/posix/posix_error.h"
#include "platform/posix/spawn_request.h"

namespace custody::platform {

namespace {

namespace wire = core::wire;

/// EAGAIN: it has not read for so long that its buffer is full.
bool IsGone(int code) { return code == EPIPE || code == ECONNRESET || code == ENOTCONN || code == EAGAIN; }

/// Whether others of our user may look at our entries in /proc. Not so for a Node with file capabilities, nor once the host
/// has given up root. Source: Linux prctl(2), PR_SET_DUMPABLE.
bool IsOpenToOthers() { return ::prctl(PR_GET_DUMPABLE) == 1; }

/// `cwd` for a process that stands elsewhere; empty, the host's, which a shim finds by /proc. That way stays open when the
/// directory was removed, or lies where this user may not walk.
/// Source: Linux proc(5), /proc/pid/cwd.
std::string DirectoryFor(const std::string& cwd, wire::ShimKind kind) {
  if (cwd.starts_with('/')) return cwd;
  // Within a namespace /proc/pid is out of sight, and its shim was born where the host stands.
  if (kind == wire::ShimKind::kNamespace) return cwd;
  if (IsOpenToOthers()) return cwd.empty() ? cwd : "/proc/" + std::to_string(::getpid()) + "/cwd/" + cwd;
  std::array<char, PATH_MAX> buffer{};
  const char* const here = ::getcwd(buffer.data(), buffer.size());
  if (here == nullptr || *here != '/') return cwd;
  return cwd.empty() ? here : std::string(here) + "/" + cwd;
}

iovec PartOf(const std::string& text, bool with_nul) {
  return {const_cast<char*>(text.c_str()), text.size() + (with_nul ? 1 : 0)};
}

core::Result<OwnedHandle> WriteToMemory(std::span<const iovec> parts) {
  OwnedHandle file(::syscall(SYS_memfd_create, "custody-launch", MFD_CLOEXEC));
  if (!file.is_valid()) return LastError("spawn");
  const int fd = static_cast<int>(file.get());
  for (const iovec& part : parts) {
    for (std::size_t done = 0; done < part.iov_len;) {
      const char* const from = static_cast<const char*>(part.iov_base) + done;
      const ssize_t count = RetryOnEintr([&] { return ::write(fd, from, part.iov_len - done); });
      if (count == -1) return LastError("spawn");
      done += static_cast<std::size_t>(count);
    }
  }
  return file;
}

}  // namespace

void TreeContainer::Launch(const core::LaunchSpec& spec, ChildStdio stdio) {
  core::Result<SpawnRequest> made = MakeSpawnRequest(spec, stdio);
  if (!made.ok()) return Refuse(made.error());
  stragglers_ = spec.plan.stragglers;
  tells_start_at_once_ = spec.holds_output || spec.stdin_source == core::StdinSource::kPipe;
  limits_ = spec.limits;
  if (stdio.inherits_stdin) terminal_.Find(stdio);
  stdio_ = std::move(stdio);
  Compose(made.value());
  SendLaunch();
}

void TreeContainer::Compose(const SpawnRequest& request) {
  request_.path = request.path;
  request_.cwd = request.cwd;
  request_.user = request.user;
  request_.group = request.group;
  request_.argument_count = static_cast<std::uint32_t>(request.argv.size() - 1);
  request_.environment_count = static_cast<std::uint32_t>(request.environment.size() - 1);
  for (const std::vector<const char*>* list : {&request.argv, &request.environment}) {
    for (const char* text : *list) {
      if (text != nullptr) request_.strings.append(text).push_back('\0');
    }
  }
}

void TreeContainer::SendLaunch() {
  for (; tries_ < core::kShimTries; ++tries_) {
    if (!shim_.socket.is_valid()) {
      core::Result<Shim> next = pool_.Take(kind_);
      if (!next.ok()) return Refuse(next.error());
      shim_ = std::move(next.value());
    }
    core::Status posted = PostLaunch();
    if (posted.ok()) {
      ++tries_;
      leader_ = Leader::kStarting;
      sent_at_ = core::MonotonicNow();
      return;
    }
    if (!IsGone(posted.error().code)) return Refuse(posted.error());
    shim_.socket.Close();
  }
  // Mostly the guardian could not fork a shim; others may give back what it was short of.
  Refuse({EAGAIN, "spawn"});
}

core::Status TreeContainer::PostLaunch() {
  const std::string directory = DirectoryFor(request_.cwd, kind_);
  auto launch = MakeMessage<wire::Launch>(wire::MessageType::kLaunch, ++shim_.run);
  launch.argument_count = request_.argument_count;
  launch.environment_count = request_.environment_count;
  launch.umask = HostUmask();
  if (tells_start_at_once_) launch.flags |= wire::kTellsStartAtOnce;
  launch.limits = limits_;
  launch.user = request_.user;
  launch.group = request_.group;
  const std::array<iovec, 4> parts{iovec{&launch, sizeof launch}, PartOf(request_.path, true), PartOf(directory, true),
                                   PartOf(request_.strings, false)};
  launch.text_bytes = parts[1].iov_len + parts[2].iov_len + parts[3].iov_len;

  std::array<int, wire::kMaxDescriptors> descriptors{};
  std::size_t descriptor_count = 0;
  for (const OwnedHandle& handle : stdio_.handles) descriptors[descriptor_count++] = static_cast<int>(handle.get());
  if (terminal_.promised() != -1) {
    launch.flags |= wire::kTakesTerminal;
    descriptors[descriptor_count++] = terminal_.promised();
  }
  if (terminal_.has_terminal()) launch.flags |= wire::kTellsStops;
  OwnedHandle text;
  const bool fits = sizeof launch + launch.text_bytes <= wire::kMaxDatagram;
  if (fits) {
    launch.header.length += static_cast<std::uint32_t>(launch.text_bytes);
  } else {
    core::Result<OwnedHandle> written = WriteToMemory(std::span(parts).subspan(1));
    if (!written.ok()) return written.error();
    text = std::move(written.value());
    launch.flags |= wire::kTextInMemfd;
    descriptors[descriptor_count++] = static_cast<int>(text.get());
  }
  if (core::Status watched = poller_.Add(shim_.socket.get(), Interest::kReadable, token_); !watched.ok()) {
    return core::OsError{watched.error().code, "spawn"};
  }
  core::Status sent =
      SendDatagram(shim_.socket, std::span(parts).first(fits ? 4 : 1), std::span(descriptors).first(descriptor_count));
  if (!sent.ok()) poller_.Remove(shim_.socket.get());
  return sent;
}

void TreeContainer::Refuse(const core::OsError& error) {
  leader_ = Leader::kNone;
  ForgetRequest();
  terminal_.TakeBack(false);
  ReturnShim();
  observer_.OnSpawnFailed(error);
}

void TreeContainer::TryNextShim() {
  leader_ = Leader::kNone;
  DropShim();
  SendLaunch();
}

void TreeContainer::ForgetRequest() {
  for (OwnedHandle& handle : stdio_.handles) handle.Close();
  request_.strings = {};
}

}  // namespace custody::platform
