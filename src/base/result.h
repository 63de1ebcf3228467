#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace headscope {

/// What kind of thing went wrong; callers branch on this, people read `message` and `hint`.
enum class ErrorCode {
  InvalidArgument,  ///< the call or the document asks for something that makes no sense
  NotFound,         ///< a file, tensor, model or name is not there
  Corrupt,          ///< bytes that break the rules of their format
  Unsupported,      ///< well formed, but not something this program does
  Io,               ///< the operating system refused (permission, full disk, …)
  Cancelled,        ///< someone asked to stop
  Unavailable,      ///< the machine lacks it (no display, no OpenGL)
};

/// A fault of the world (files, flags, drivers): one sentence that names the thing, what was expected and
/// what was found, and one hint that says what to try. Faults of ours are asserts.
struct Error {
  ErrorCode code = ErrorCode::InvalidArgument;
  std::string message;
  std::string hint;
};

/// Either a value or an Error. REQUIRES: `value()` only when ok, `error()` only when not.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }

  const Error& error() const& {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    assert(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

/// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    assert(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};
using Status = Result<void>;

}  // namespace headscope
