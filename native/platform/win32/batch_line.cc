#include "platform/win32/batch_line.h"

#include <algorithm>

#include "platform/win32/command_line.h"

namespace custody::platform {

namespace {

bool IsPlain(char16_t unit) {
  constexpr std::u16string_view kHarmless = u"-./:\\_+@#";
  const bool alphanumeric =
      (unit >= u'a' && unit <= u'z') || (unit >= u'A' && unit <= u'Z') || (unit >= u'0' && unit <= u'9');
  return alphanumeric || kHarmless.find(unit) != std::u16string_view::npos;
}

bool CanBeEscaped(std::u16string_view text) {
  return text.find_first_of(std::u16string_view(u"%\r\n\0", 4)) == std::u16string_view::npos;
}

void AppendArgument(std::u16string& line, std::u16string_view argument) {
  const bool ends_in_backslash = !argument.empty() && argument.back() == kBackslash;
  if (!argument.empty() && !ends_in_backslash && std::ranges::all_of(argument, IsPlain)) {
    line += argument;
    return;
  }
  line += kQuote;
  std::size_t backslashes = 0;
  for (const char16_t unit : argument) {
    // Doubled, a mark ends the quotation and begins it again at once: for cmd.exe nothing stands outside, and the C
    // program that the batch file passes it on to reads one mark. Backslashes before it are meant for that program.
    if (unit == kQuote) line.append(backslashes, kBackslash).push_back(kQuote);
    backslashes = unit == kBackslash ? backslashes + 1 : 0;
    line += unit;
  }
  line.append(backslashes, kBackslash);
  line += kQuote;
}

}  // namespace

std::optional<std::u16string> MakeBatchLine(std::u16string_view interpreter, std::u16string_view file,
                                            std::span<const std::u16string> arguments) {
  const bool is_safe = CanBeEscaped(file) && file.find(kQuote) == std::u16string_view::npos &&
                       std::ranges::all_of(arguments, CanBeEscaped);
  if (!is_safe) return std::nullopt;
  std::u16string line;
  line += kQuote;
  line += interpreter;
  line += kQuote;
  // No AutoRun, no delayed expansion (`!`), and with /s exactly the outermost pair of quotation marks is taken off.
  line += u" /d /v:off /s /c \"\"";
  line += file;
  line += kQuote;
  for (const std::u16string& argument : arguments) {
    line += u' ';
    AppendArgument(line, argument);
  }
  line += kQuote;
  return line;
}

}  // namespace custody::platform
