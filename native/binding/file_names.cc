#include "binding/file_names.h"

namespace custody::binding {

namespace {

/// A host runs few programs by name. One that does not keeps this much, and asks for the rest each time.
constexpr std::size_t kMostNames = 1024;

}  // namespace

std::size_t FileNames::NumberOf(const std::string& name) {
  if (name.empty()) return 0;
  const auto known = numbers_.find(name);
  if (known != numbers_.end()) return known->second;
  if (names_.size() == kMostNames) return 0;
  names_.push_back(name);
  numbers_.emplace(name, names_.size());
  return names_.size();
}

std::string FileNames::NameOf(std::size_t number) const {
  return number == 0 || number > names_.size() ? std::string() : names_[number - 1];
}

}  // namespace custody::binding
