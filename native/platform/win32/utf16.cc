#include "platform/win32/utf16.h"

#include <cstdint>

namespace custody::platform {

namespace {

constexpr char32_t kFirstSurrogate = 0xD800;
constexpr char32_t kFirstLowSurrogate = 0xDC00;
constexpr char32_t kLastSurrogate = 0xDFFF;
constexpr char32_t kFirstSupplementary = 0x10000;
constexpr char32_t kLastCodePoint = 0x10FFFF;
constexpr unsigned kContinuationBits = 6;
constexpr unsigned kSurrogateBits = 10;
constexpr char32_t kSurrogateMask = 0x3FF;

bool IsSurrogate(char32_t point) { return point >= kFirstSurrogate && point <= kLastSurrogate; }
bool IsHighSurrogate(char32_t unit) { return unit >= kFirstSurrogate && unit < kFirstLowSurrogate; }
bool IsLowSurrogate(char32_t unit) { return unit >= kFirstLowSurrogate && unit <= kLastSurrogate; }

struct Lead {
  int continuations;
  char32_t bits;
  /// What a sequence of this length must at least encode; less is an overlong form.
  char32_t smallest;
};

std::optional<Lead> ReadLead(std::uint8_t byte) {
  if (byte < 0x80) return Lead{0, byte, 0};
  if (byte >= 0xC2 && byte < 0xE0) return Lead{1, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte < 0xF0) return Lead{2, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte < 0xF5) return Lead{3, byte & 0x07U, kFirstSupplementary};
  return std::nullopt;
}

/// Takes one code point off the front of `text`.
std::optional<char32_t> TakeCodePoint(std::string_view& text) {
  const std::optional<Lead> lead = ReadLead(static_cast<std::uint8_t>(text.front()));
  if (!lead || text.size() <= static_cast<std::size_t>(lead->continuations)) return std::nullopt;
  char32_t point = lead->bits;
  for (int i = 1; i <= lead->continuations; ++i) {
    const auto byte = static_cast<std::uint8_t>(text[static_cast<std::size_t>(i)]);
    if ((byte & 0xC0U) != 0x80) return std::nullopt;
    point = point << kContinuationBits | (byte & 0x3FU);
  }
  if (point < lead->smallest || point > kLastCodePoint) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(lead->continuations) + 1);
  return point;
}

void Append(std::u16string& out, char32_t point) {
  if (point < kFirstSupplementary) return out.push_back(static_cast<char16_t>(point));
  const char32_t offset = point - kFirstSupplementary;
  out.push_back(static_cast<char16_t>(kFirstSurrogate + (offset >> kSurrogateBits)));
  out.push_back(static_cast<char16_t>(kFirstLowSurrogate + (offset & kSurrogateMask)));
}

void Append(std::string& out, char32_t point) {
  const auto continuation = [&](unsigned shift) { out.push_back(static_cast<char>(0x80U | (point >> shift & 0x3FU))); };
  if (point < 0x80) {
    out.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out.push_back(static_cast<char>(0xC0U | point >> kContinuationBits));
    continuation(0);
  } else if (point < kFirstSupplementary) {
    out.push_back(static_cast<char>(0xE0U | point >> 2 * kContinuationBits));
    continuation(kContinuationBits);
    continuation(0);
  } else {
    out.push_back(static_cast<char>(0xF0U | point >> 3 * kContinuationBits));
    continuation(2 * kContinuationBits);
    continuation(kContinuationBits);
    continuation(0);
  }
}

std::optional<std::u16string> Convert(std::string_view text, bool takes_surrogates) {
  std::u16string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::optional<char32_t> point = TakeCodePoint(text);
    if (!point || (IsSurrogate(*point) && !takes_surrogates)) return std::nullopt;
    Append(out, *point);
  }
  return out;
}

}  // namespace

std::optional<std::u16string> Utf16FromUtf8(std::string_view text) { return Convert(text, false); }

std::optional<std::u16string> Utf16FromWtf8(std::string_view text) { return Convert(text, true); }

std::string WtfFromUtf16(std::u16string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char32_t point = text[i];
    if (IsHighSurrogate(point) && i + 1 < text.size() && IsLowSurrogate(text[i + 1])) {
      const char32_t high = point - kFirstSurrogate;
      point = kFirstSupplementary + (high << kSurrogateBits) + (text[++i] - kFirstLowSurrogate);
    }
    Append(out, point);
  }
  return out;
}

}  // namespace custody::platform
