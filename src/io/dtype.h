#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace headscope {

/// Element types of the safetensors format, named as its files name them.
enum class DType { Bool, U8, I8, F8E5M2, F8E4M3, I16, U16, F16, BF16, I32, U32, F32, F64, I64, U64 };

std::string_view dtype_name(DType type);
std::optional<DType> dtype_from_name(std::string_view name);
/// Bytes an element takes.
std::size_t dtype_size(DType type);

/// Widens half-precision numbers exactly; subnormals, infinities and NaN included.
float float_from_half(std::uint16_t bits);
float float_from_bfloat(std::uint16_t bits);
/// Rounds to the nearest half-precision number, ties to even; beyond 65504 it gives infinity.
std::uint16_t half_from_float(float value);
std::uint16_t bfloat_from_float(float value);

/// Converts `bytes` (little-endian elements of `type`, at any address) to float32.
/// REQUIRES: bytes.size() == out.size() * dtype_size(type), and convertible_to_float(type).
void convert_to_float(DType type, std::span<const std::byte> bytes, std::span<float> out);
/// False for the 8-bit floating types, which this program lists but does not compute with.
bool convertible_to_float(DType type);

}  // namespace headscope
