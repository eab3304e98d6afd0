#include <windows.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>

#include "core/limits.h"
#include "platform/pipe.h"
#include "platform/win32/utf16.h"
#include "platform/win32/wide.h"
#include "platform/win32/win32_error.h"

namespace custody::platform {

namespace {

using core::ErrorSubject;
using core::OsError;
using core::Result;

/// What the system may buffer in a pipe; a child writes on as long as it has room.
constexpr DWORD kPipeBytes = 64U << 10;
/// The longest write that is handed to the system at once, copied.
constexpr std::size_t kWriteBytes = std::size_t{64} << 10;

struct PipeEnds {
  OwnedHandle host;
  OwnedHandle child;
};

std::wstring FreshPipeName() {
  // Of several engines of one process none may meet another's pipe; of other processes the first instance keeps out.
  static std::atomic<std::uint64_t> next{0};
  return L"\\\\.\\pipe\\custody-" + std::to_wstring(::GetCurrentProcessId()) + L"-" +
         std::to_wstring(core::MonotonicNow()) + L"-" + std::to_wstring(next.fetch_add(1));
}

/// A pipe whose host end is overlapped and whose child end is what programs expect: blocking. Anonymous pipes cannot be both.
Result<PipeEnds> MakePipe(bool child_writes) {
  const std::wstring name = FreshPipeName();
  const DWORD direction = child_writes ? PIPE_ACCESS_INBOUND : PIPE_ACCESS_OUTBOUND;
  OwnedHandle host =
      Own(::CreateNamedPipeW(name.c_str(), direction | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
                             PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1,
                             kPipeBytes, kPipeBytes, 0, nullptr));
  if (!host.is_valid()) return LastError("pipe");
  // Attributes in the other direction: programs ask and set the mode of a pipe they are given.
  const DWORD access = child_writes ? GENERIC_WRITE | FILE_READ_ATTRIBUTES : GENERIC_READ | FILE_WRITE_ATTRIBUTES;
  OwnedHandle child = Own(::CreateFileW(name.c_str(), access, 0, nullptr, OPEN_EXISTING, 0, nullptr));
  if (!child.is_valid()) return LastError("pipe");
  return PipeEnds{std::move(host), std::move(child)};
}

Result<OwnedHandle> OpenFile(const std::wstring& path, DWORD access, const char* operation, ErrorSubject subject) {
  OwnedHandle file = Own(::CreateFileW(path.c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                       nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file.is_valid()) return LastError(operation, subject);
  return file;
}

Result<OwnedHandle> OpenNull() {
  return OpenFile(L"NUL", GENERIC_READ | GENERIC_WRITE, "open-null", ErrorSubject::kNone);
}

Result<OwnedHandle> DuplicateStandardStream(DWORD number) {
  const HANDLE stream = ::GetStdHandle(number);
  // The host runs without this stream.
  if (stream == nullptr || stream == INVALID_HANDLE_VALUE) return OpenNull();
  HANDLE copy = nullptr;
  const HANDLE self = ::GetCurrentProcess();
  if (!::DuplicateHandle(self, stream, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS)) return OpenNull();
  return Own(copy);
}

core::Status OpenInput(const core::LaunchSpec& spec, StdioPair& out) {
  Result<OwnedHandle> child = OsError{};
  switch (spec.stdin_source) {
    case core::StdinSource::kIgnore:
      child = OpenNull();
      break;
    case core::StdinSource::kFile: {
      const std::optional<std::u16string> path = Utf16FromUtf8(spec.stdin_path);
      if (!path) return OsError{EINVAL, "open-stdin", ErrorSubject::kStdin};
      child = OpenFile(ToLongPath(*path), GENERIC_READ, "open-stdin", ErrorSubject::kStdin);
      break;
    }
    case core::StdinSource::kInherit:
      child = DuplicateStandardStream(STD_INPUT_HANDLE);
      out.child.inherits_stdin = true;
      break;
    case core::StdinSource::kPipe: {
      Result<PipeEnds> pipe = MakePipe(false);
      if (!pipe.ok()) return pipe.error();
      out.host.input = InputPipe(std::move(pipe.value().host));
      child = std::move(pipe.value().child);
      break;
    }
  }
  if (!child.ok()) return child.error();
  out.child.handles[0] = std::move(child.value());
  return {};
}

core::Status OpenOutput(core::OutputTarget target, std::size_t index, StdioPair& out) {
  Result<OwnedHandle> child = OsError{};
  switch (target) {
    case core::OutputTarget::kIgnore:
      child = OpenNull();
      break;
    case core::OutputTarget::kInherit:
      child = DuplicateStandardStream(index == 0 ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
      break;
    case core::OutputTarget::kCapture: {
      Result<PipeEnds> pipe = MakePipe(true);
      if (!pipe.ok()) return pipe.error();
      out.host.output[index] = OutputPipe(std::move(pipe.value().host));
      child = std::move(pipe.value().child);
      break;
    }
    case core::OutputTarget::kMerged: {
      HANDLE copy = nullptr;
      const HANDLE self = ::GetCurrentProcess();
      const HANDLE first = RawHandle(out.child.handles[1]);
      if (!::DuplicateHandle(self, first, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS)) return LastError("pipe");
      child = Own(copy);
      break;
    }
  }
  if (!child.ok()) return child.error();
  out.child.handles[index + 1] = std::move(child.value());
  return {};
}

/// The lowest bit keeps the packet of an operation out of the completion port. Source: Win32 GetQueuedCompletionStatus.
HANDLE WithoutPacket(HANDLE event) { return reinterpret_cast<HANDLE>(reinterpret_cast<std::uintptr_t>(event) | 1U); }

}  // namespace

bool WouldBlock(const OsError& error) { return error.code == EAGAIN; }

Result<std::size_t> OutputPipe::ReadSome(std::span<std::byte> into) {
  const HANDLE pipe = RawHandle(handle_);
  DWORD available = 0;
  // Whatever keeps a pipe from being read, nothing more will come of it: every error is the end of the stream.
  if (!::PeekNamedPipe(pipe, nullptr, 0, nullptr, &available, nullptr)) return std::size_t{0};
  if (available == 0) return OsError{EAGAIN, "read"};
  const DWORD wanted = static_cast<DWORD>(std::min<std::size_t>(available, into.size()));
  // An event of this one read. Kept by the thread it would be destroyed with it, which MinGW does too late (README, decision 8).
  const OwnedHandle done = Own(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
  if (!done.is_valid()) return LastError("read");
  OVERLAPPED operation{};
  operation.hEvent = WithoutPacket(RawHandle(done));
  if (!::ReadFile(pipe, into.data(), wanted, nullptr, &operation) && ::GetLastError() != ERROR_IO_PENDING) {
    return std::size_t{0};
  }
  DWORD count = 0;
  // What was seen is there, so this waits for nothing.
  if (!::GetOverlappedResult(pipe, &operation, &count, TRUE)) return std::size_t{0};
  if (count == 0) return OsError{EAGAIN, "read"};
  return static_cast<std::size_t>(count);
}

void OutputPipe::Enlarge(std::size_t /*bytes*/) {}  // the size of a pipe is settled when it is made

std::vector<core::NamedProcess> OutputPipe::Holders() const { return {}; }  // the system does not tell

/// A write that the system carries on by itself. It reads from `bytes` until it has ended.
///
/// Bytes count as written when their write has ended: what is taken over earlier would be lost with an early Close().
struct PendingWrite {
  explicit PendingWrite(HANDLE host_end) : pipe(host_end), done(Own(::CreateEventW(nullptr, TRUE, TRUE, nullptr))) {}
  ~PendingWrite() {
    if (!is_in_flight) return;
    ::CancelIoEx(pipe, &operation);
    DWORD ignored = 0;
    ::GetOverlappedResult(pipe, &operation, &ignored, TRUE);
  }
  PendingWrite(const PendingWrite&) = delete;
  PendingWrite& operator=(const PendingWrite&) = delete;

  Result<std::size_t> Begin(std::span<const std::byte> from) {
    length = std::min(from.size(), kWriteBytes);
    std::ranges::copy(from.first(length), bytes.begin());
    operation = {};
    operation.hEvent = RawHandle(done);
    is_in_flight = true;
    if (!::WriteFile(pipe, bytes.data(), static_cast<DWORD>(length), nullptr, &operation) &&
        ::GetLastError() != ERROR_IO_PENDING) {
      is_in_flight = false;
      return LastError("write");
    }
    return Finish();
  }
  Result<std::size_t> Finish() {
    DWORD count = 0;
    if (!::GetOverlappedResult(pipe, &operation, &count, FALSE)) {
      if (::GetLastError() == ERROR_IO_INCOMPLETE) return OsError{EAGAIN, "write"};
      is_in_flight = false;
      return LastError("write");
    }
    is_in_flight = false;
    return static_cast<std::size_t>(count);
  }

  HANDLE pipe;
  OwnedHandle done;
  OVERLAPPED operation{};
  std::array<std::byte, kWriteBytes> bytes;
  std::size_t length = 0;
  bool is_in_flight = false;
};

/// The caller offers what was not taken again, so the bytes of a write in flight are always the first of `from`.
Result<std::size_t> InputPipe::WriteSome(std::span<const std::byte> from) {
  if (!pending_) pending_ = std::make_shared<PendingWrite>(RawHandle(handle_));
  return pending_->is_in_flight ? pending_->Finish() : pending_->Begin(from);
}

core::Status InputPipe::Watch(Poller& poller, PollToken token) {
  return poller.Add(pending_->done.get(), Interest::kWritable, token);
}

void InputPipe::Unwatch(Poller& poller) { poller.Remove(pending_->done.get()); }

void InputPipe::Close() {
  pending_.reset();
  handle_.Close();
}

Result<StdioPair> OpenStdio(const core::LaunchSpec& spec) {
  StdioPair out;
  if (core::Status status = OpenInput(spec, out); !status.ok()) return status.error();
  for (std::size_t index = 0; index < 2; ++index) {
    if (core::Status status = OpenOutput(spec.output[index], index, out); !status.ok()) return status.error();
  }
  return out;
}

}  // namespace custody::platform
