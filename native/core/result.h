#pragma once
#include <optional>
#include <utility>
#include <variant>

#include "core/check.h"
#include "core/os_error.h"

namespace custody::core {

/// A value or the error that stood in its way. A dropped one does not compile without a warning, which is an error here.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}    // NOLINT(google-explicit-constructor): `return value;` is the point
  Result(const OsError& error) : state_(error) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(state_); }
  T& value() {
    CUSTODY_CHECK(ok());
    return *std::get_if<T>(&state_);
  }
  const OsError& error() const {
    CUSTODY_CHECK(!ok());
    return *std::get_if<OsError>(&state_);
  }

 private:
  std::variant<T, OsError> state_;
};

/// Success, or the error that stood in its way.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(const OsError& error) : error_(error) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !error_.has_value(); }
  const OsError& error() const {
    CUSTODY_CHECK(!ok());
    return *error_;
  }

 private:
  std::optional<OsError> error_;
};

}  // namespace custody::core
