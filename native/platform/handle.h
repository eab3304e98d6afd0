#pragma once
#include <cstdint>
#include <utility>

namespace custody::platform {

/// A descriptor (POSIX) or a HANDLE (Windows), as a number that both fit in.
using NativeHandle = std::intptr_t;
inline constexpr NativeHandle kNoHandle = -1;

/// Closes a handle. Keeps the calling thread's last error, so an error being reported is not overwritten.
void CloseHandleOnce(NativeHandle handle);

/// Sole owner of one native handle.
///
/// Thread : may move between threads; not shared.
/// Owns   : the handle; closes it once.
/// Source : POSIX close(2): not retried on EINTR; on Linux the descriptor is already gone and a second close could hit a
///          number that another thread has just been given.
class [[nodiscard]] OwnedHandle {
 public:
  OwnedHandle() = default;
  explicit OwnedHandle(NativeHandle handle) : handle_(handle) {}
  OwnedHandle(OwnedHandle&& other) noexcept : handle_(std::exchange(other.handle_, kNoHandle)) {}
  OwnedHandle& operator=(OwnedHandle&& other) noexcept {
    if (this != &other) {
      Close();
      handle_ = std::exchange(other.handle_, kNoHandle);
    }
    return *this;
  }
  OwnedHandle(const OwnedHandle&) = delete;
  OwnedHandle& operator=(const OwnedHandle&) = delete;
  ~OwnedHandle() { Close(); }

  NativeHandle get() const { return handle_; }
  bool is_valid() const { return handle_ != kNoHandle; }
  void Close() {
    if (handle_ != kNoHandle) CloseHandleOnce(std::exchange(handle_, kNoHandle));
  }

 private:
  NativeHandle handle_ = kNoHandle;
};

}  // namespace custody::platform
