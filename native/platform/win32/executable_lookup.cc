#include "platform/win32/executable_lookup.h"

#include <windows.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "platform/win32/wide.h"

namespace custody::platform {

namespace {

using core::ErrorSubject;
using core::OsError;

constexpr std::u16string_view kUsualExtensions = u".COM;.EXE;.BAT;.CMD";
/// What can be run without asking the registry for a program that opens it.
constexpr std::array<std::u16string_view, 4> kRunnable{u".com", u".exe", u".bat", u".cmd"};

std::u16string Lower(std::u16string_view text) {
  std::u16string out(text);
  std::ranges::transform(out, out.begin(), [](char16_t unit) {
    return unit >= u'A' && unit <= u'Z' ? static_cast<char16_t>(unit + (u'a' - u'A')) : unit;
  });
  return out;
}

std::vector<std::u16string_view> Split(std::u16string_view list) {
  std::vector<std::u16string_view> out;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(u';'), list.size());
    out.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return out;
}

std::u16string ExtensionOf(std::u16string_view path) {
  const std::size_t name = path.find_last_of(u"\\/:");
  const std::size_t dot = path.rfind(u'.');
  if (dot == std::u16string_view::npos || (name != std::u16string_view::npos && dot < name)) return {};
  return Lower(path.substr(dot));
}

bool IsRunnable(std::u16string_view extension) { return std::ranges::find(kRunnable, extension) != kRunnable.end(); }

bool IsAbsolute(std::u16string_view path) {
  const auto is_separator = [](char16_t unit) { return unit == u'\\' || unit == u'/'; };
  if (path.size() >= 2 && is_separator(path[0]) && is_separator(path[1])) return true;
  return path.size() >= 3 && path[1] == u':' && is_separator(path[2]);
}

enum class Kind : std::uint8_t { kNothing, kFile, kDirectory };

Kind KindOf(std::u16string_view path) {
  const DWORD attributes = ::GetFileAttributesW(ToLongPath(path).c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) return Kind::kNothing;
  return (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0 ? Kind::kFile : Kind::kDirectory;
}

bool IsFile(std::u16string_view path) { return KindOf(path) == Kind::kFile; }

/// `stem` with the first extension that makes a file of it; empty when none does.
std::u16string Complete(const std::u16string& stem, std::u16string_view extensions, bool as_it_stands) {
  if (as_it_stands && IsFile(stem)) return stem;
  for (const std::u16string_view extension : Split(extensions)) {
    const std::u16string suffix = Lower(extension);
    if (IsRunnable(suffix) && IsFile(stem + suffix)) return stem + suffix;
  }
  return {};
}

Executable Describe(std::u16string_view found) {
  const std::u16string extension = ExtensionOf(found);
  return {ToAbsolutePath(found), extension == u".bat" || extension == u".cmd"};
}

/// The directory of a PATH may be quoted because it holds a semicolon; one with a semicolon is not worth a parser.
std::u16string_view Unquote(std::u16string_view directory) {
  const bool is_quoted = directory.size() >= 2 && directory.front() == u'"' && directory.back() == u'"';
  return is_quoted ? directory.substr(1, directory.size() - 2) : directory;
}

}  // namespace

core::Result<Executable> LookUpExecutable(std::u16string_view file, std::u16string_view path,
                                          std::u16string_view extensions, std::u16string_view cwd) {
  if (extensions.empty()) extensions = kUsualExtensions;
  const bool is_path = file.find_first_of(u"\\/:") != std::u16string_view::npos;
  const bool has_extension = !ExtensionOf(file).empty();
  if (is_path) {
    std::u16string stem(file);
    if (!IsAbsolute(file) && file.find(u':') == std::u16string_view::npos) {
      // From the root of the directory's drive, or from the directory.
      const bool from_root = file.front() == u'\\' || file.front() == u'/';
      stem = std::u16string(from_root ? cwd.substr(0, 2) : cwd) + (from_root ? u"" : u"\\") + std::u16string(file);
    }
    const std::u16string found = Complete(stem, extensions, true);
    if (!found.empty()) return Describe(found);
    const bool is_directory = KindOf(stem) == Kind::kDirectory;
    return OsError{is_directory ? EACCES : ENOENT, "resolve", ErrorSubject::kExecutable};
  }
  for (const std::u16string_view entry : Split(path)) {
    const std::u16string_view directory = Unquote(entry);
    if (!IsAbsolute(directory)) continue;
    const std::u16string stem = std::u16string(directory) + u"\\" + std::u16string(file);
    const std::u16string found = Complete(stem, extensions, has_extension);
    if (!found.empty()) return Describe(found);
  }
  return OsError{ENOENT, "resolve", ErrorSubject::kExecutable};
}

}  // namespace custody::platform
