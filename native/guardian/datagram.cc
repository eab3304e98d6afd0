#include "guardian/datagram.h"

#include <cstring>

namespace custody::guardian {

namespace {

using core::wire::Header;
using core::wire::MessageType;

const Header* HeaderOf(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(Header) || bytes.size() > core::wire::kMaxDatagram) return nullptr;
  const auto* header = reinterpret_cast<const Header*>(bytes.data());
  return header->length == bytes.size() && header->version == core::wire::kVersion ? header : nullptr;
}

bool IsLaunch(const core::wire::Launch& launch, std::size_t length, std::size_t descriptors) {
  constexpr std::uint32_t kKnownFlags =
      core::wire::kTakesTerminal | core::wire::kTextInMemfd | core::wire::kTellsStops | core::wire::kTellsStartAtOnce;
  if ((launch.flags & ~kKnownFlags) != 0 || launch.argument_count == 0) return false;
  if (descriptors != 3U + (HasTerminal(launch) ? 1U : 0U) + (HasMemfd(launch) ? 1U : 0U)) return false;
  const std::uint64_t inline_bytes = length - sizeof launch;
  if (HasMemfd(launch) ? inline_bytes != 0 : inline_bytes != launch.text_bytes) return false;
  // Path, directory and every string take one byte at least.
  const std::uint64_t strings = std::uint64_t{launch.argument_count} + launch.environment_count + 2;
  return launch.text_bytes <= kMaxTextBytes && strings <= launch.text_bytes;
}

template <typename Message>
const Message* As(const Header* header) {
  return header->length == sizeof(Message) ? reinterpret_cast<const Message*>(header) : nullptr;
}

bool IsSignal(const core::wire::Signal* signal) {
  constexpr int kHighestSignal = 64;
  return signal != nullptr && signal->number >= 1 && signal->number <= kHighestSignal;
}

bool IsKeep(const core::wire::Keep* keep) {
  return keep != nullptr &&
         (keep->mode == core::wire::KeepMode::kInCustody || keep->mode == core::wire::KeepMode::kLetGo);
}

bool IsOpenShim(const core::wire::OpenShim* open) {
  return open != nullptr && open->use_cgroup <= 1 &&
         (open->kind == core::wire::ShimKind::kTree || open->kind == core::wire::ShimKind::kNamespace);
}

}  // namespace

const Header* CheckControlDatagram(std::span<const std::byte> bytes, std::size_t descriptors) {
  const Header* const header = HeaderOf(bytes);
  if (header == nullptr || descriptors != 1) return nullptr;
  switch (static_cast<MessageType>(header->type)) {
    case MessageType::kOpenShim:
      return IsOpenShim(As<core::wire::OpenShim>(header)) ? header : nullptr;
    case MessageType::kGuardGroups:
      return As<core::wire::Command>(header) != nullptr ? header : nullptr;
    default:
      return nullptr;
  }
}

const Header* CheckShimDatagram(std::span<const std::byte> bytes, std::size_t descriptors) {
  const Header* const header = HeaderOf(bytes);
  if (header == nullptr) return nullptr;
  const auto type = static_cast<MessageType>(header->type);
  if (type == MessageType::kLaunch) {
    if (bytes.size() < sizeof(core::wire::Launch)) return nullptr;
    const auto& launch = *reinterpret_cast<const core::wire::Launch*>(header);
    return IsLaunch(launch, bytes.size(), descriptors) ? header : nullptr;
  }
  if (descriptors != 0) return nullptr;
  switch (type) {
    case MessageType::kSignal:
      return IsSignal(As<core::wire::Signal>(header)) ? header : nullptr;
    case MessageType::kKill:
    case MessageType::kProbe:
    case MessageType::kContinue:
      return As<core::wire::Command>(header) != nullptr ? header : nullptr;
    case MessageType::kKeep:
      return IsKeep(As<core::wire::Keep>(header)) ? header : nullptr;
    default:
      return nullptr;
  }
}

bool SplitText(const core::wire::Launch& launch, std::span<char> text, std::span<char*> pointers, LaunchText& into) {
  if (text.empty() || text.size() != launch.text_bytes || pointers.size() != PointerCount(launch)) return false;
  char* at = text.data();
  char* const end = at + text.size();
  const auto take = [&]() -> char* {
    char* const start = at;
    auto* const stop =
        at < end ? static_cast<char*>(std::memchr(at, '\0', static_cast<std::size_t>(end - at))) : nullptr;
    if (stop == nullptr) return nullptr;
    at = stop + 1;
    return start;
  };
  into.path = take();
  into.directory = take();
  if (into.path == nullptr || into.directory == nullptr || *into.path == '\0') return false;
  char** place = pointers.data();
  const auto take_list = [&](std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      *place = take();
      if (*place++ == nullptr) return false;
    }
    *place++ = nullptr;
    return true;
  };
  into.argv = place;
  if (!take_list(launch.argument_count)) return false;
  into.environment = place;
  return take_list(launch.environment_count) && at == end;
}

}  // namespace custody::guardian
