// Strings as Windows takes them, held against readers written from the documentation of those who read them.
#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "platform/win32/batch_line.h"
#include "platform/win32/command_line.h"
#include "platform/win32/utf16.h"

using namespace custody::platform;
using namespace std::literals;

namespace {

using Words = std::vector<std::u16string>;

constexpr int kRounds = 20'000;

/// How a C program reads its command line. Source: Microsoft, "Parsing C command-line arguments"; two marks within a
/// quotation are one, and the quotation goes on (UCRT).
Words ReadAsProgram(std::u16string_view line) {
  Words words;
  std::size_t at = 0;
  std::u16string program;
  for (bool quoted = false; at < line.size() && (quoted || (line[at] != u' ' && line[at] != u'\t')); ++at) {
    if (line[at] == u'"') {
      quoted = !quoted;
    } else {
      program += line[at];
    }
  }
  words.push_back(program);
  for (;;) {
    while (at < line.size() && (line[at] == u' ' || line[at] == u'\t')) ++at;
    if (at == line.size()) return words;
    std::u16string word;
    for (bool quoted = false; at < line.size() && (quoted || (line[at] != u' ' && line[at] != u'\t'));) {
      std::size_t backslashes = 0;
      while (at < line.size() && line[at] == u'\\') ++at, ++backslashes;
      if (at < line.size() && line[at] == u'"') {
        word.append(backslashes / 2, u'\\');
        if (backslashes % 2 == 1) {
          word += u'"';
        } else if (quoted && at + 1 < line.size() && line[at + 1] == u'"') {
          word += u'"';
          ++at;
        } else {
          quoted = !quoted;
        }
        ++at;
      } else {
        word.append(backslashes, u'\\');
        if (at < line.size() && (quoted || (line[at] != u' ' && line[at] != u'\t'))) word += line[at++];
      }
    }
    words.push_back(word);
  }
}

/// What cmd.exe would act on: everything outside quotation marks, and `%` and line breaks anywhere.
bool ActsOnAnything(std::u16string_view text) {
  bool quoted = false;
  for (const char16_t unit : text) {
    if (unit == u'"') quoted = !quoted;
    if (u"%\r\n"sv.find(unit) != std::u16string_view::npos) return true;
    if (!quoted && u"&|<>()^!,;="sv.find(unit) != std::u16string_view::npos) return true;
  }
  return quoted;
}

class Arbitrary {
 public:
  std::u16string Word() {
    static constexpr std::u16string_view kUnits = u"ab\\\"\"\\ \t&|<>^()!,;=%~.*?'/\u00e9\u6587";
    std::u16string out;
    for (std::size_t length = Below(9); length > 0; --length) out += kUnits[Below(kUnits.size())];
    return out;
  }
  Words Arguments() {
    Words out;
    for (std::size_t count = Below(4); count > 0; --count) out.push_back(Word());
    return out;
  }
  std::size_t Below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(source_); }

 private:
  std::mt19937 source_{20'261'121};
};

std::u16string_view InnerLine(std::u16string_view line) {
  // With /s, cmd.exe takes off the first and the last mark after /c.
  const std::size_t begin = line.find(u"/c \"") + 4;
  return line.substr(begin, line.size() - begin - 1);
}

}  // namespace

TEST_CASE("CMD-16: a program reads from its command line exactly the arguments that were given") {
  Arbitrary arbitrary;
  for (int round = 0; round < kRounds; ++round) {
    const Words arguments = arbitrary.Arguments();
    Words expected{u"C:\\Program Files\\x.exe"};
    expected.insert(expected.end(), arguments.begin(), arguments.end());
    REQUIRE(ReadAsProgram(MakeCommandLine(expected.front(), arguments)) == expected);
  }
}

TEST_CASE("a command line is quoted only where it must be") {
  CHECK(MakeCommandLine(u"x.exe", Words{u"plain", u"a\\b\\"}) == u"x.exe plain a\\b\\");
  CHECK(MakeCommandLine(u"a b.exe", Words{u""}) == u"\"a b.exe\" \"\"");
  CHECK(MakeCommandLine(u"x", Words{u"a b\\"}) == u"x \"a b\\\\\"");
}

TEST_CASE("SHL-08: verbatim arguments stand in the line as they are") {
  CHECK(MakeVerbatimLine(u"x.exe", Words{}) == u"x.exe");
  CHECK(MakeVerbatimLine(u"C:\\a b\\cmd.exe", Words{u"/s", u"/c", u"\"echo \"a b\" & x\""}) ==
        u"\"C:\\a b\\cmd.exe\" /s /c \"echo \"a b\" & x\"");
}

TEST_CASE("SHL-09: cmd.exe acts on no part of an argument, and the program behind the batch file reads it as given") {
  Arbitrary arbitrary;
  int escaped = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Words arguments = arbitrary.Arguments();
    const std::optional<std::u16string> line = MakeBatchLine(u"C:\\cmd.exe", u"C:\\a b\\run.cmd", arguments);
    if (!line) continue;
    ++escaped;
    REQUIRE_FALSE(ActsOnAnything(InnerLine(*line)));
    Words expected{u"C:\\a b\\run.cmd"};
    expected.insert(expected.end(), arguments.begin(), arguments.end());
    REQUIRE(ReadAsProgram(InnerLine(*line)) == expected);
  }
  CHECK(escaped > kRounds / 4);
}

TEST_CASE("SHL-09: an argument of a batch file that cannot be escaped is refused") {
  const auto line_with = [](std::u16string argument) {
    return MakeBatchLine(u"cmd.exe", u"run.cmd", Words{std::move(argument)});
  };
  CHECK_FALSE(line_with(u"%PATH%"));
  CHECK_FALSE(line_with(u"100%"));
  CHECK_FALSE(line_with(u"a\nb"));
  CHECK_FALSE(line_with(u"a\rb"));
  CHECK_FALSE(line_with(u"a\0b"s));
  CHECK_FALSE(MakeBatchLine(u"cmd.exe", u"%TEMP%\\run.cmd", Words{}));
  CHECK(line_with(u"a & b"));
}

TEST_CASE("SHL-03: a batch file is run without AutoRun and without delayed expansion") {
  CHECK(*MakeBatchLine(u"C:\\cmd.exe", u"C:\\r.cmd", Words{u"a&b"}) ==
        u"\"C:\\cmd.exe\" /d /v:off /s /c \"\"C:\\r.cmd\" \"a&b\"\"");
}

TEST_CASE("text keeps its meaning between UTF-8 and UTF-16") {
  Arbitrary arbitrary;
  for (int round = 0; round < kRounds; ++round) {
    std::u16string text;
    for (std::size_t length = arbitrary.Below(6); length > 0; --length) {
      text +=
          static_cast<char16_t>(arbitrary.Below(4) == 0 ? 0xD800 + arbitrary.Below(0x800) : arbitrary.Below(0x10000));
    }
    REQUIRE(Utf16FromWtf8(WtfFromUtf16(text)) == text);
  }
  CHECK(Utf16FromUtf8("a\xC3\xA9\xE6\x96\x87\xF0\x9F\x98\x80") == u"a\u00e9\u6587\U0001F600");
}

TEST_CASE("what is not UTF-8 is refused") {
  for (const std::string_view text : {"\x80"sv, "\xC0\x80"sv, "\xC3"sv, "\xE0\x80\x80"sv, "\xED\xA0\x80"sv,
                                      "\xF4\x90\x80\x80"sv, "\xF8\x88\x80\x80\x80"sv, "\xC3\x41"sv}) {
    CHECK_FALSE(Utf16FromUtf8(text));
  }
  CHECK(Utf16FromWtf8("\xED\xA0\x80") == std::u16string(1, char16_t{0xD800}));
}
