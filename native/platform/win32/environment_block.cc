#include "platform/win32/environment_block.h"

#include <algorithm>
#include <unordered_set>

#include "core/string_block.h"
#include "platform/win32/utf16.h"

namespace custody::platform {

namespace {

using Entries = std::vector<EnvironmentEntry>;
using Keys = std::unordered_set<std::u16string>;

/// The hidden variables that hold the current directory of each drive begin with '=', which is then part of the name.
std::u16string KeyOf(std::u16string_view text, FoldUnit fold) {
  std::u16string key(text.substr(0, text.find(u'=', 1)));
  std::ranges::transform(key, key.begin(), fold);
  return key;
}

/// Appends the entries of `block` whose key is not in `taken`, and takes their keys.
bool AddFree(Entries& out, const std::vector<std::string_view>& block, Keys& taken, FoldUnit fold) {
  for (const std::string_view entry : block) {
    std::optional<std::u16string> text = Utf16FromWtf8(entry);
    if (!text) return false;
    std::u16string key = KeyOf(*text, fold);
    if (taken.insert(key).second) out.push_back({std::move(key), std::move(*text)});
  }
  return true;
}

bool IsWellFormed(std::string_view block) { return Utf16FromUtf8(block).has_value(); }

}  // namespace

std::optional<Entries> ComposeWindowsEnvironment(std::string_view base, std::string_view set, std::string_view unset,
                                                 std::string_view required, FoldUnit fold) {
  if (!IsWellFormed(set) || !IsWellFormed(unset)) return std::nullopt;
  Entries out;
  Keys taken;
  std::vector<std::string_view> additions = core::SplitBlock(set);
  std::ranges::reverse(additions);  // of several entries with one name the last wins
  if (!AddFree(out, additions, taken, fold)) return std::nullopt;
  for (const std::string_view name : core::SplitBlock(unset)) taken.insert(KeyOf(*Utf16FromUtf8(name), fold));
  if (!AddFree(out, core::SplitBlock(base), taken, fold)) return std::nullopt;
  if (!AddFree(out, core::SplitBlock(required), taken, fold)) return std::nullopt;
  std::ranges::sort(out, {}, &EnvironmentEntry::key);
  return out;
}

std::u16string_view FindValue(const Entries& entries, std::u16string_view name) {
  const auto found = std::ranges::lower_bound(entries, name, {}, &EnvironmentEntry::key);
  if (found == entries.end() || found->key != name) return {};
  return std::u16string_view(found->text).substr(std::min(name.size() + 1, found->text.size()));
}

std::u16string MakeEnvironmentBlock(const Entries& entries) {
  std::u16string block;
  for (const EnvironmentEntry& entry : entries) {
    block += entry.text;
    block += u'\0';
  }
  // An empty block needs two NULs as well: the first alone reads as the end of a string, not of the block.
  if (entries.empty()) block += u'\0';
  block += u'\0';
  return block;
}

}  // namespace custody::platform
