// libFuzzer: whatever a peer sends, what is accepted lies within the datagram and says of itself what is there.
#include "guardian/datagram.h"

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

using namespace custody::guardian;
namespace wire = custody::core::wire;

void Require(bool condition) {
  if (!condition) std::abort();
}

void CheckText(const wire::Launch& launch, std::vector<char> text) {
  std::vector<char*> pointers(PointerCount(launch));
  LaunchText found;
  if (!SplitText(launch, text, pointers, found)) return;
  const auto is_inside = [&](const char* string) {
    Require(string >= text.data() && string + std::strlen(string) < text.data() + text.size());
  };
  is_inside(found.path);
  is_inside(found.directory);
  Require(*found.path != '\0');
  for (std::uint32_t i = 0; i < launch.argument_count; ++i) is_inside(found.argv[i]);
  for (std::uint32_t i = 0; i < launch.environment_count; ++i) is_inside(found.environment[i]);
  Require(found.argv[launch.argument_count] == nullptr && found.environment[launch.environment_count] == nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  const auto descriptors = input.ConsumeIntegralInRange<std::size_t>(0, wire::kMaxDescriptors);
  const bool is_honest = input.ConsumeBool();
  const std::vector<std::byte> rest = input.ConsumeRemainingBytes<std::byte>();
  // Whole 8-byte words: aligned as a datagram is, and exactly as long, so that a byte too many is seen.
  std::vector<std::uint64_t> aligned((rest.size() + 7) / 8);
  auto* const bytes = reinterpret_cast<std::byte*>(aligned.data());
  std::copy(rest.begin(), rest.end(), bytes);
  if (is_honest && rest.size() >= sizeof(wire::Launch)) {
    // The length and the version of a message that is right as a whole: few random bytes get past them.
    auto& header = *reinterpret_cast<wire::Header*>(bytes);
    header.length = static_cast<std::uint32_t>(rest.size());
    header.version = wire::kVersion;
    auto& launch = *reinterpret_cast<wire::Launch*>(bytes);
    launch.argument_count %= 64;
    launch.environment_count %= 64;
    if ((launch.flags & wire::kTextInMemfd) == 0) launch.text_bytes = rest.size() - sizeof launch;
  }
  const std::span<const std::byte> datagram(bytes, rest.size());
  if (const wire::Header* const request = CheckControlDatagram(datagram, descriptors); request != nullptr) {
    const bool opens = static_cast<wire::MessageType>(request->type) == wire::MessageType::kOpenShim;
    Require(rest.size() == (opens ? sizeof(wire::OpenShim) : sizeof(wire::Command)) && descriptors == 1);
  }
  const wire::Header* const header = CheckShimDatagram(datagram, descriptors);
  if (header == nullptr) return 0;
  Require(header->length == rest.size() && header->version == wire::kVersion);
  if (static_cast<wire::MessageType>(header->type) != wire::MessageType::kLaunch) {
    Require(descriptors == 0);
    return 0;
  }
  const auto& launch = *reinterpret_cast<const wire::Launch*>(header);
  Require(descriptors == 3U + (HasTerminal(launch) ? 1U : 0U) + (HasMemfd(launch) ? 1U : 0U));
  if (HasMemfd(launch)) return 0;
  const auto* const first = reinterpret_cast<const char*>(bytes) + sizeof launch;
  CheckText(launch, {first, first + launch.text_bytes});
  return 0;
}
