#include "platform/darwin/sweep_connection.h"

#include <sys/socket.h>

#include <cerrno>

#include "platform/pipe.h"
#include "platform/posix/posix_error.h"

namespace custody::platform {

namespace wire = core::wire;

void SweepConnection::Close() {
  ours_.Close();
  theirs_.Close();
  filled_ = 0;
}

core::Status SweepConnection::SendBytes(std::span<const std::byte> bytes) {
  // The SIGPIPE that goes with EPIPE is blocked on this thread (EngineThread).
  const ssize_t sent =
      RetryOnEintr([&] { return ::send(static_cast<int>(ours_.get()), bytes.data(), bytes.size(), MSG_DONTWAIT); });
  if (sent == -1) return LastError("send");
  // A part of a message would cut the stream in the wrong place.
  if (static_cast<std::size_t>(sent) != bytes.size()) return core::OsError{EAGAIN, "send"};
  return {};
}

core::Result<const wire::Members*> SweepConnection::Next() {
  const auto& header = *reinterpret_cast<const wire::Header*>(buffer_.data());
  for (;;) {
    const bool has_header = filled_ >= sizeof(wire::Header);
    const std::size_t wanted = has_header ? header.length : sizeof(wire::Header);
    if (has_header && (header.version != wire::kVersion || wanted < sizeof(wire::Header) || wanted > buffer_.size())) {
      return core::OsError{EPROTO, "recv"};
    }
    if (has_header && filled_ == wanted) {
      filled_ = 0;
      theirs_.Close();
      const bool is_members = header.type == static_cast<std::uint16_t>(wire::SweepMessage::kMembers);
      const auto* const members = reinterpret_cast<const wire::Members*>(buffer_.data());
      if (!is_members) continue;
      if (wanted != sizeof(wire::Members) || members->record_count > core::kNamedProcesses) {
        return core::OsError{EPROTO, "recv"};
      }
      return members;
    }
    const int fd = static_cast<int>(ours_.get());
    const ssize_t count =
        RetryOnEintr([&] { return ::recv(fd, buffer_.data() + filled_, wanted - filled_, MSG_DONTWAIT); });
    if (count == 0) return core::OsError{ECONNRESET, "recv"};
    if (count == -1) {
      const core::OsError error = LastError("recv");
      if (WouldBlock(error)) return nullptr;
      return error;
    }
    filled_ += static_cast<std::size_t>(count);
  }
}

}  // namespace custody::platform
