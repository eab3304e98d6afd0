#pragma once
#include <string>
#include <string_view>

namespace custody::core {

/// What a refusal of the operating system is about, where the number alone does not tell.
enum class ErrorSubject : unsigned char { kNone, kExecutable, kCwd, kInterpreter, kStdin };

/// A failed call of the operating system: its number and which operation it was.
///
/// `operation` is a string literal, for example "waitid".
struct OsError {
  int code = 0;
  const char* operation = "";
  ErrorSubject subject = ErrorSubject::kNone;
};

/// The symbolic name of an error number, "ENOENT", or "E<number>" for one this table does not know.
std::string ErrorName(int code);

}  // namespace custody::core
