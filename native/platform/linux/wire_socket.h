#pragma once
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/result.h"
#include "core/wire.h"
#include "platform/handle.h"

namespace custody::platform {

/// Both ends of a new connection for the messages of core/wire.h.
struct WireSocketPair {
  OwnedHandle ours;
  OwnedHandle theirs;
};

/// What the host lacks now and may have again later; anything else will not be different next time.
bool IsShortage(int code);

/// Errors : EMFILE and the like.
core::Result<WireSocketPair> MakeWireSocketPair();

/// Sends one datagram, put together from `parts`, with copies of `descriptors`. Never blocks.
///
/// Errors : EPIPE, ECONNRESET: the peer is gone. EAGAIN: it does not read.
core::Status SendDatagram(const OwnedHandle& socket, std::span<const iovec> parts, std::span<const int> descriptors);

/// Takes one datagram, without blocking.
///
/// Returns: its bytes, 0 at the end of the connection. A datagram that does not fit is EMSGSIZE.
/// Errors : WouldBlock(error): nothing there. ECONNRESET, told once: the peer is gone and left unread what was sent last;
///          what it had sent itself comes after that.
/// Source : Linux net/unix/af_unix.c, unix_release_sock.
core::Result<std::size_t> ReceiveDatagram(const OwnedHandle& socket, std::span<std::byte> into);

/// Asked when the peer is known to be dead: whether it left unread what was sent to it. Takes an ECONNRESET away.
bool LeftUnread(const OwnedHandle& socket);

/// A message with its header filled in; `Message` begins with one.
template <typename Message>
Message MakeMessage(core::wire::MessageType type, std::uint32_t run) {
  Message message{};
  auto& header = reinterpret_cast<core::wire::Header&>(message);
  header.type = static_cast<std::uint16_t>(type);
  header.version = core::wire::kVersion;
  header.length = sizeof(Message);
  header.run = run;
  return message;
}

template <typename Message>
core::Status SendMessage(const OwnedHandle& socket, Message message, std::span<const int> descriptors = {}) {
  const iovec part{&message, sizeof message};
  return SendDatagram(socket, {&part, 1}, descriptors);
}

}  // namespace custody::platform
