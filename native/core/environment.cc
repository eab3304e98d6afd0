#include "core/environment.h"

#include <algorithm>
#include <unordered_set>

#include "core/string_block.h"

namespace custody::core {

namespace {

std::string_view NameOf(std::string_view entry) { return entry.substr(0, entry.find('=')); }

}  // namespace

std::vector<const char*> ComposeEnvironment(std::string_view base, std::string_view set, std::string_view unset) {
  std::vector<const char*> out;
  if (set.empty() && unset.empty()) {
    for (const std::string_view entry : SplitBlock(base)) out.push_back(entry.data());
    out.push_back(nullptr);
    return out;
  }
  std::unordered_set<std::string_view> taken;
  std::vector<std::string_view> additions = SplitBlock(set);
  for (const std::string_view name : SplitBlock(unset)) taken.insert(name);
  std::unordered_set<std::string_view> added;
  std::reverse(additions.begin(), additions.end());  // of several entries with one name the last wins
  for (const std::string_view entry : additions) {
    if (added.insert(NameOf(entry)).second) out.push_back(entry.data());
  }
  taken.merge(added);
  for (const std::string_view entry : SplitBlock(base)) {
    if (!taken.contains(NameOf(entry))) out.push_back(entry.data());
  }
  out.push_back(nullptr);
  return out;
}

const char* FindVariable(const std::vector<const char*>& environment, std::string_view name) {
  for (const char* entry : environment) {
    if (entry == nullptr) break;
    const std::string_view view(entry);
    if (view.size() > name.size() && view.starts_with(name) && view[name.size()] == '=') return entry + name.size() + 1;
  }
  return nullptr;
}

}  // namespace custody::core
