#include "platform/win32/command_line.h"

namespace custody::platform {

namespace {

void AppendQuoted(std::u16string& line, std::u16string_view argument) {
  if (!argument.empty() && argument.find_first_of(u" \t\n\v\"") == std::u16string_view::npos) {
    line += argument;
    return;
  }
  line += kQuote;
  std::size_t backslashes = 0;
  for (const char16_t unit : argument) {
    // Backslashes are themselves, except before a quotation mark, where each needs another one.
    if (unit == kQuote) line.append(backslashes + 1, kBackslash);
    backslashes = unit == kBackslash ? backslashes + 1 : 0;
    line += unit;
  }
  line.append(backslashes, kBackslash);
  line += kQuote;
}

void AppendProgram(std::u16string& line, std::u16string_view program) {
  const bool needs_quotes = program.empty() || program.find_first_of(u" \t") != std::u16string_view::npos;
  if (needs_quotes) line += kQuote;
  line += program;
  if (needs_quotes) line += kQuote;
}

}  // namespace

std::u16string MakeCommandLine(std::u16string_view program, std::span<const std::u16string> arguments) {
  std::u16string line;
  AppendProgram(line, program);
  for (const std::u16string& argument : arguments) {
    line += u' ';
    AppendQuoted(line, argument);
  }
  return line;
}

std::u16string MakeVerbatimLine(std::u16string_view program, std::span<const std::u16string> arguments) {
  std::u16string line;
  AppendProgram(line, program);
  for (const std::u16string& argument : arguments) line.append(1, u' ').append(argument);
  return line;
}

}  // namespace custody::platform
