#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <cstring>
#include <type_traits>

namespace custody::guardian {

/// An array that grows in whole pages and gives all of them back. No allocator: an idle shim holds no page of a heap, and
/// nothing has to be consistent in a process that was just forked.
///
/// Owns   : its mapping.
template <typename T>
class GrowableArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  GrowableArray() = default;
  GrowableArray(const GrowableArray&) = delete;
  GrowableArray& operator=(const GrowableArray&) = delete;
  ~GrowableArray() { Release(); }

  std::size_t size() const { return size_; }
  bool is_empty() const { return size_ == 0; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  T& operator[](std::size_t index) { return data_[index]; }
  const T& operator[](std::size_t index) const { return data_[index]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

  /// Returns: false when there is no memory; the array is as it was.
  bool Push(const T& value) {
    if (!Reserve(size_ + 1)) return false;
    data_[size_++] = value;
    return true;
  }

  bool Reserve(std::size_t count) {
    constexpr std::size_t kFirstBytes = 4096;
    if (count * sizeof(T) <= bytes_) return true;
    std::size_t bytes = bytes_ == 0 ? kFirstBytes : bytes_;
    while (bytes < count * sizeof(T)) bytes *= 2;
    void* const grown = Move(bytes);
    if (grown == MAP_FAILED) return false;
    data_ = static_cast<T*>(grown);
    bytes_ = bytes;
    return true;
  }

  /// Makes it `count` long; new elements are as the memory is (zero where it is new).
  bool Resize(std::size_t count) {
    if (!Reserve(count)) return false;
    size_ = count;
    return true;
  }

  void RemoveAt(std::size_t index) { data_[index] = data_[--size_]; }
  void Clear() { size_ = 0; }
  void Release() {
    if (bytes_ != 0) ::munmap(data_, bytes_);
    data_ = nullptr;
    size_ = 0;
    bytes_ = 0;
  }

 private:
  void* Move(std::size_t bytes) {
#ifdef MREMAP_MAYMOVE
    if (bytes_ != 0) return ::mremap(data_, bytes_, bytes, MREMAP_MAYMOVE);
#endif
    void* const fresh = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fresh == MAP_FAILED || bytes_ == 0) return fresh;
    std::memcpy(fresh, data_, bytes_);
    ::munmap(data_, bytes_);
    return fresh;
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace custody::guardian
