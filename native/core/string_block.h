#pragma once
#include <string_view>
#include <vector>

namespace custody::core {

/// The strings of a block in which each string is ended by a NUL; the views end before it, so `data()` is a C string.
inline std::vector<std::string_view> SplitBlock(std::string_view block) {
  std::vector<std::string_view> out;
  while (!block.empty()) {
    const std::size_t end = block.find('\0');
    if (end == std::string_view::npos) break;
    out.push_back(block.substr(0, end));
    block.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace custody::core
