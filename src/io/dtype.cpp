#include "io/dtype.h"

#include <array>
#include <bit>
#include <cassert>
#include <cstring>

namespace headscope {

namespace {

static_assert(std::endian::native == std::endian::little,
              "checkpoints are little-endian and are read in place");

struct DTypeRow {
  DType type;
  std::string_view name;
  std::size_t size;
};
constexpr std::array<DTypeRow, 15> kTypes = {{
    {DType::Bool, "BOOL", 1},
    {DType::U8, "U8", 1},
    {DType::I8, "I8", 1},
    {DType::F8E5M2, "F8_E5M2", 1},
    {DType::F8E4M3, "F8_E4M3", 1},
    {DType::I16, "I16", 2},
    {DType::U16, "U16", 2},
    {DType::F16, "F16", 2},
    {DType::BF16, "BF16", 2},
    {DType::I32, "I32", 4},
    {DType::U32, "U32", 4},
    {DType::F32, "F32", 4},
    {DType::F64, "F64", 8},
    {DType::I64, "I64", 8},
    {DType::U64, "U64", 8},
}};

template <class T, class Convert>
void convert(std::span<const std::byte> bytes, std::span<float> out, Convert to_float) {
  assert(bytes.size() == out.size() * sizeof(T));
  for (std::size_t i = 0; i < out.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    out[i] = to_float(value);
  }
}

}  // namespace

std::string_view dtype_name(DType type) {
  return kTypes[static_cast<std::size_t>(type)].name;
}

std::size_t dtype_size(DType type) {
  return kTypes[static_cast<std::size_t>(type)].size;
}

std::optional<DType> dtype_from_name(std::string_view name) {
  for (const DTypeRow& row : kTypes) {
    if (row.name == name) return row.type;
  }
  return std::nullopt;
}

float float_from_half(std::uint16_t bits) {
  // Moved into place, the exponent is off by 127 - 15 = 112; multiplying by 2^112 mends it and normalises
  // subnormals on the way. Infinity and NaN need their exponent filled up instead.
  const std::uint32_t magnitude = static_cast<std::uint32_t>(bits & 0x7FFF) << 13;
  const std::uint32_t scaled = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112f);
  const std::uint32_t result = (bits & 0x7C00) == 0x7C00 ? (magnitude | 0x7F800000u) : scaled;
  return std::bit_cast<float>(result | (static_cast<std::uint32_t>(bits & 0x8000) << 16));
}

float float_from_bfloat(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

std::uint16_t half_from_float(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint16_t sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000);
  const std::uint32_t magnitude = bits & 0x7FFFFFFF;
  if (magnitude > 0x7F800000) return sign | 0x7E00;   // NaN
  if (magnitude >= 0x477FF000) return sign | 0x7C00;  // rounds to 65536 or more
  if (magnitude < 0x38800000) {                       // subnormal: adding 0.5 lets the FPU round
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return sign | static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(shifted) - 0x3F000000);
  }
  const std::uint32_t odd = (magnitude >> 13) & 1;
  return sign | static_cast<std::uint16_t>((magnitude - 0x38000000 + 0xFFF + odd) >> 13);
}

std::uint16_t bfloat_from_float(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7FFFFFFF) > 0x7F800000)
    return static_cast<std::uint16_t>((bits >> 16) | 0x40);  // NaN stays NaN
  return static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

bool convertible_to_float(DType type) {
  return type != DType::F8E5M2 && type != DType::F8E4M3;
}

void convert_to_float(DType type, std::span<const std::byte> bytes, std::span<float> out) {
  const auto plain = [](auto value) { return static_cast<float>(value); };
  switch (type) {
    case DType::F32:
      assert(bytes.size() == out.size() * sizeof(float));
      if (!out.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
      return;
    case DType::F16:
      return convert<std::uint16_t>(bytes, out, float_from_half);
    case DType::BF16:
      return convert<std::uint16_t>(bytes, out, float_from_bfloat);
    case DType::F64:
      return convert<double>(bytes, out, plain);
    case DType::I64:
      return convert<std::int64_t>(bytes, out, plain);
    case DType::U64:
      return convert<std::uint64_t>(bytes, out, plain);
    case DType::I32:
      return convert<std::int32_t>(bytes, out, plain);
    case DType::U32:
      return convert<std::uint32_t>(bytes, out, plain);
    case DType::I16:
      return convert<std::int16_t>(bytes, out, plain);
    case DType::U16:
      return convert<std::uint16_t>(bytes, out, plain);
    case DType::I8:
      return convert<std::int8_t>(bytes, out, plain);
    case DType::U8:
      return convert<std::uint8_t>(bytes, out, plain);
    case DType::Bool:
      return convert<std::uint8_t>(bytes, out, [](std::uint8_t v) { return v ? 1.0f : 0.0f; });
    case DType::F8E5M2:
    case DType::F8E4M3:
      assert(!"8-bit floating types are not converted");
      return;
  }
}

}  // namespace headscope
