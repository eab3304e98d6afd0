// The environment of a process as Windows takes it, what its jobs tell, and what its exit codes mean.
#include <doctest/doctest.h>

#include <string>

#include "platform/win32/environment_block.h"
#include "platform/win32/exit_code.h"
#include "platform/win32/job_message.h"

using namespace custody::platform;
using namespace std::literals;
using custody::core::ExitStatus;
using custody::core::ResourceLimit;

namespace {

char16_t UpperAscii(char16_t unit) {
  return unit >= u'a' && unit <= u'z' ? static_cast<char16_t>(unit - (u'a' - u'A')) : unit;
}

std::u16string BlockOf(std::string_view base, std::string_view set, std::string_view unset,
                       std::string_view required = {}) {
  return MakeEnvironmentBlock(*ComposeWindowsEnvironment(base, set, unset, required, UpperAscii));
}

ExitStatus::Kind KindOf(std::uint32_t code, bool terminated_by_us = false) {
  return ToExitStatus(code, terminated_by_us, 1).kind;
}

}  // namespace

TEST_CASE("ENV-05: names that differ only in case are one variable, and the last one set wins") {
  CHECK(BlockOf("Path=a\0temp=b\0"sv, "PATH=c\0TEMP=d\0Temp=e\0"sv, ""sv) == u"PATH=c\0Temp=e\0\0"s);
  CHECK(BlockOf("Path=a\0temp=b\0"sv, ""sv, "PATH\0"sv) == u"temp=b\0\0"s);
  CHECK(BlockOf("A=1\0a=2\0"sv, ""sv, ""sv) == u"A=1\0\0"s);
}

TEST_CASE("ENV-05: the block is sorted by name, whatever its case") {
  CHECK(BlockOf("b=1\0C=2\0A=3\0"sv, "aa=4\0"sv, ""sv) == u"A=3\0aa=4\0b=1\0C=2\0\0"s);
}

TEST_CASE("required variables are added where nothing has their name") {
  CHECK(BlockOf(""sv, "A=1\0"sv, ""sv, "SystemRoot=C:\\W\0"sv) == u"A=1\0SystemRoot=C:\\W\0\0"s);
  CHECK(BlockOf("SYSTEMROOT=D:\\\0"sv, ""sv, ""sv, "SystemRoot=C:\\W\0"sv) == u"SYSTEMROOT=D:\\\0\0"s);
}

TEST_CASE("the hidden variables of the drives are kept, each under its own name") {
  CHECK(BlockOf("=C:=C:\\a\0=D:=D:\\b\0"sv, ""sv, ""sv) == u"=C:=C:\\a\0=D:=D:\\b\0\0"s);
}

TEST_CASE("an empty environment is a block of two NULs") { CHECK(BlockOf(""sv, ""sv, ""sv) == u"\0\0"s); }

TEST_CASE("a variable is found by its name in upper case") {
  const auto entries = *ComposeWindowsEnvironment("Path=x;y\0PathExt=.EXE\0"sv, ""sv, ""sv, ""sv, UpperAscii);
  CHECK(FindValue(entries, u"PATH") == u"x;y");
  CHECK(FindValue(entries, u"PATHEXT") == u".EXE");
  CHECK(FindValue(entries, u"PAT").empty());
}

TEST_CASE("what is set must be UTF-8; what the host has may hold an unpaired surrogate") {
  CHECK_FALSE(ComposeWindowsEnvironment(""sv, "A=\xED\xA0\x80\0"sv, ""sv, ""sv, UpperAscii));
  CHECK(ComposeWindowsEnvironment("A=\xED\xA0\x80\0"sv, ""sv, ""sv, ""sv, UpperAscii).has_value());
}

TEST_CASE("EXE-16: an exit code of severity error is a crash, and every other one an exit") {
  CHECK(KindOf(0xC0000005) == ExitStatus::Kind::kTerminated);
  CHECK(KindOf(0xC000013A) == ExitStatus::Kind::kTerminated);
  CHECK(ToExitStatus(0xC0000005, false, 1).value == 0xC0000005LL);
  for (const std::uint32_t code : {0U, 1U, 255U, 256U, 0x7FFFFFFFU, 0x80000003U, 0xFFFFFFFFU, 0xE06D7363U}) {
    CHECK(KindOf(code) == ExitStatus::Kind::kExited);
    CHECK(ToExitStatus(code, false, 1).value == code);
  }
}

TEST_CASE("the code that a job is ended with counts as an end by us only if we ended it") {
  CHECK(KindOf(1, true) == ExitStatus::Kind::kTerminated);
  CHECK(KindOf(2, true) == ExitStatus::Kind::kExited);
}

TEST_CASE("only the message of zero active processes says that a job is empty") {
  for (std::uint32_t code = 0; code < 16; ++code) {
    JobNews news;
    news.Note(code);
    CHECK(news.reached_zero == (code == kActiveProcessZero));
  }
}

TEST_CASE("the first limit that a job reports is the one that was exceeded") {
  JobNews news;
  news.Note(kNewProcess);
  news.Note(kJobMemoryLimit);
  news.Note(kActiveProcessLimit);
  CHECK(news.breached == ResourceLimit::kMemoryBytes);
}
