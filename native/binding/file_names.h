#pragma once
#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace custody::binding {

/// Numbers for the files that are run, so that a name crosses to JavaScript once however often it is run: a string costs it more
/// than all the numbers of a result.
///
/// Thread : JavaScript's.
class FileNames {
 public:
  /// The number of `name`, from 1 on; 0 for an empty one, and when there is no room for another.
  std::size_t NumberOf(const std::string& name);
  /// Empty for a number that NumberOf did not give.
  std::string NameOf(std::size_t number) const;

 private:
  std::unordered_map<std::string, std::size_t> numbers_;
  std::vector<std::string> names_;
};

}  // namespace custody::binding
