#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "platform/pipe.h"
#include "platform/posix/posix_error.h"
#include "platform/posix/process_calls.h"
#include "platform/posix/process_table.h"

namespace custody::platform {

namespace {

using core::ErrorSubject;
using core::OsError;
using core::Result;

constexpr int kFirstFreeDescriptor = 3;

/// Moves a descriptor out of 0..2: a host started with closed standard streams gets those numbers from pipe2, and the
/// child's dup2 calls would then overwrite one end with another.
Result<OwnedHandle> AboveStandardStreams(OwnedHandle handle) {
  const int fd = static_cast<int>(handle.get());
  if (fd >= kFirstFreeDescriptor) return handle;
  const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, kFirstFreeDescriptor);
  if (moved == -1) return LastError("pipe");
  return OwnedHandle(moved);
}

struct PipeEnds {
  OwnedHandle reading;
  OwnedHandle writing;
};

Result<PipeEnds> MakePipe() {
  int ends[2];
  if (!OpenClosedPipe(ends)) return LastError("pipe");
  OwnedHandle reading(ends[0]);
  OwnedHandle writing(ends[1]);
  Result<OwnedHandle> moved_reading = AboveStandardStreams(std::move(reading));
  if (!moved_reading.ok()) return moved_reading.error();
  Result<OwnedHandle> moved_writing = AboveStandardStreams(std::move(writing));
  if (!moved_writing.ok()) return moved_writing.error();
  return PipeEnds{std::move(moved_reading.value()), std::move(moved_writing.value())};
}

core::Status MakeNonBlocking(const OwnedHandle& handle) {
  const int fd = static_cast<int>(handle.get());
  // Only our end: the flag belongs to the open file, and the child expects blocking streams. The two ends of a pipe
  // are two open files, so this does not reach the child's.
  if (::fcntl(fd, F_SETFL, O_NONBLOCK) == -1) return LastError("pipe");
  return {};
}

Result<OwnedHandle> OpenFile(const char* path, int flags, const char* operation, ErrorSubject subject) {
  const int fd = RetryOnEintr([&] { return ::open(path, flags | O_CLOEXEC | O_NOCTTY); });
  if (fd == -1) return LastError(operation, subject);
  return AboveStandardStreams(OwnedHandle(fd));
}

/// The null device, from a descriptor that the thread keeps: opening it anew costs several times as much.
Result<OwnedHandle> OpenNull() {
  thread_local OwnedHandle null;
  if (!null.is_valid()) {
    Result<OwnedHandle> opened = OpenFile("/dev/null", O_RDWR, "open-null", ErrorSubject::kNone);
    if (!opened.ok()) return opened.error();
    null = std::move(opened.value());
  }
  const int fd = ::fcntl(static_cast<int>(null.get()), F_DUPFD_CLOEXEC, kFirstFreeDescriptor);
  if (fd == -1) return LastError("open-null");
  return OwnedHandle(fd);
}

Result<OwnedHandle> DuplicateStandardStream(int number) {
  const int fd = ::fcntl(number, F_DUPFD_CLOEXEC, kFirstFreeDescriptor);
  if (fd != -1) {
    // Node makes a pipe of its own non-blocking on first use, and the flag is shared with the child, whose reads and
    // writes would then fail with EAGAIN. libuv does the same for the children it starts.
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags != -1 && (flags & O_NONBLOCK) != 0) ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    return OwnedHandle(fd);
  }
  // The host runs without this stream: the child gets the null device, as it would from a shell's `<&-`-proof start.
  if (errno == EBADF) return OpenNull();
  return LastError("pipe");
}

core::Status OpenInput(const core::LaunchSpec& spec, StdioPair& out) {
  Result<OwnedHandle> child = OsError{};
  switch (spec.stdin_source) {
    case core::StdinSource::kIgnore:
      child = OpenNull();
      break;
    case core::StdinSource::kFile:
      // Without O_NONBLOCK the open of a FIFO nobody writes to would park the engine thread.
      child = OpenFile(spec.stdin_path.c_str(), O_RDONLY | O_NONBLOCK, "open-stdin", ErrorSubject::kStdin);
      if (child.ok()) ::fcntl(static_cast<int>(child.value().get()), F_SETFL, 0);
      break;
    case core::StdinSource::kInherit:
      child = DuplicateStandardStream(STDIN_FILENO);
      out.child.inherits_stdin = true;
      break;
    case core::StdinSource::kPipe: {
      Result<PipeEnds> pipe = MakePipe();
      if (!pipe.ok()) return pipe.error();
      if (core::Status status = MakeNonBlocking(pipe.value().writing); !status.ok()) return status;
      out.host.input = InputPipe(std::move(pipe.value().writing));
      child = std::move(pipe.value().reading);
      break;
    }
  }
  if (!child.ok()) return child.error();
  out.child.handles[0] = std::move(child.value());
  return {};
}

core::Status OpenOutput(core::OutputTarget target, int index, StdioPair& out) {
  const int number = index + 1;
  Result<OwnedHandle> child = OsError{};
  switch (target) {
    case core::OutputTarget::kIgnore:
      child = OpenNull();
      break;
    case core::OutputTarget::kInherit:
      child = DuplicateStandardStream(number);
      break;
    case core::OutputTarget::kCapture: {
      Result<PipeEnds> pipe = MakePipe();
      if (!pipe.ok()) return pipe.error();
      if (core::Status status = MakeNonBlocking(pipe.value().reading); !status.ok()) return status;
      out.host.output[static_cast<std::size_t>(index)] = OutputPipe(std::move(pipe.value().reading));
      child = std::move(pipe.value().writing);
      break;
    }
    case core::OutputTarget::kMerged: {
      const int first = static_cast<int>(out.child.handles[STDOUT_FILENO].get());
      const int fd = ::fcntl(first, F_DUPFD_CLOEXEC, kFirstFreeDescriptor);
      if (fd == -1) return LastError("pipe");
      child = OwnedHandle(fd);
      break;
    }
  }
  if (!child.ok()) return child.error();
  out.child.handles[static_cast<std::size_t>(number)] = std::move(child.value());
  return {};
}

}  // namespace

bool WouldBlock(const OsError& error) { return error.code == EAGAIN || error.code == EWOULDBLOCK; }

Result<std::size_t> OutputPipe::ReadSome(std::span<std::byte> into) {
  const ssize_t count = RetryOnEintr([&] { return ::read(static_cast<int>(handle_.get()), into.data(), into.size()); });
  if (count == -1) return LastError("read");
  return static_cast<std::size_t>(count);
}

Result<std::size_t> InputPipe::WriteSome(std::span<const std::byte> from) {
  // A reader that is gone answers EPIPE. The SIGPIPE that goes with it is blocked on this thread (EngineThread, BorrowedThread).
  const ssize_t count =
      RetryOnEintr([&] { return ::write(static_cast<int>(handle_.get()), from.data(), from.size()); });
  if (count == -1) return LastError("write");
  return static_cast<std::size_t>(count);
}

core::Status InputPipe::Watch(Poller& poller, PollToken token) {
  return poller.Add(handle_.get(), Interest::kWritable, token);
}

void InputPipe::Unwatch(Poller& poller) { poller.Remove(handle_.get()); }

void InputPipe::Close() { handle_.Close(); }

void OutputPipe::Enlarge(std::size_t bytes) {
#ifdef F_SETPIPE_SZ
  (void)::fcntl(static_cast<int>(handle_.get()), F_SETPIPE_SZ, static_cast<int>(bytes));
#else
  (void)bytes;
#endif
}

std::vector<core::NamedProcess> OutputPipe::Holders() const {
  return ProcessesHoldingPipe(static_cast<int>(handle_.get()));
}

Result<StdioPair> OpenStdio(const core::LaunchSpec& spec) {
  StdioPair out;
  if (core::Status status = OpenInput(spec, out); !status.ok()) return status.error();
  for (int index = 0; index < 2; ++index) {
    if (core::Status status = OpenOutput(spec.output[index], index, out); !status.ok()) return status.error();
  }
  return out;
}

}  // namespace custody::platform
