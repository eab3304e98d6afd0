#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/launch_spec.h"
#include "core/receipt.h"
#include "core/result.h"
#include "platform/handle.h"
#include "platform/poller.h"

namespace custody::platform {

/// Our end of a pipe that carries a child's output.
///
/// Thread : engine thread only.
class OutputPipe {
 public:
  OutputPipe() = default;
  explicit OutputPipe(OwnedHandle handle) : handle_(std::move(handle)) {}

  /// Takes whatever is ready, without blocking.
  ///
  /// Returns: bytes copied into `into`, at least 1; 0 means every writer has closed (end).
  /// Errors : `WouldBlock(error)`: nothing ready. Any other error ends the stream.
  /// Source : POSIX read(2).
  core::Result<std::size_t> ReadSome(std::span<std::byte> into);
  /// Asks for a larger kernel buffer; a refusal changes nothing.
  void Enlarge(std::size_t bytes);
  /// Processes other than this one that hold the pipe's writing end, as far as they can be seen.
  std::vector<core::NamedProcess> Holders() const;
  core::Status Watch(Poller& poller, PollToken token) {
    const core::Status added = poller.Add(handle_.get(), Interest::kReadable, token);
    is_watched_ = added.ok();
    return added;
  }
  /// Changes nothing where it is not watched.
  void Unwatch(Poller& poller) {
    if (is_watched_) poller.Remove(handle_.get());
    is_watched_ = false;
  }
  bool is_open() const { return handle_.is_valid(); }
  void Close() { handle_.Close(); }

 private:
  OwnedHandle handle_;
  bool is_watched_ = false;
};

/// A write that goes on after the call that began it, where the system knows such (Windows).
struct PendingWrite;

/// Our end of a pipe that feeds a child's standard input.
///
/// Thread : engine thread only.
class InputPipe {
 public:
  InputPipe() = default;
  explicit InputPipe(OwnedHandle handle) : handle_(std::move(handle)) {}

  /// Writes what the pipe takes, without blocking.
  ///
  /// Errors : `WouldBlock(error)`: full; the next call must offer the same bytes first. Any other error: nobody reads any more.
  core::Result<std::size_t> WriteSome(std::span<const std::byte> from);
  /// After a write that would have blocked: tells when there is room.
  core::Status Watch(Poller& poller, PollToken token);
  void Unwatch(Poller& poller);
  bool is_open() const { return handle_.is_valid(); }
  void Close();

 private:
  OwnedHandle handle_;
  std::shared_ptr<PendingWrite> pending_;
};

/// True when a non-blocking call found nothing to do.
bool WouldBlock(const core::OsError& error);

/// The child's three standard streams; each is open and inheritable by nobody until the launch places it.
struct ChildStdio {
  std::array<OwnedHandle, 3> handles;
  /// `handles[0]` is the host's own standard input.
  bool inherits_stdin = false;
};

/// Our ends of them; those that are not piped stay closed.
struct HostStdio {
  InputPipe input;
  std::array<OutputPipe, 2> output;
};

struct StdioPair {
  ChildStdio child;
  HostStdio host;
};

/// Opens what the spec asks for: pipes, the null device, files, duplicates of the host's streams.
///
/// Errors : EMFILE and the like; for a stdin file also ENOENT and EACCES, with subject kStdin.
core::Result<StdioPair> OpenStdio(const core::LaunchSpec& spec);

}  // namespace custody::platform
