#pragma once
#include <cstddef>
#include <span>
#include <string_view>

namespace custody::testing {

inline std::span<const std::byte> BytesOf(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace custody::testing
