#include "core/kernels/kernels.h"

// Compiled with AVX-512 whatever the rest of the program is compiled with; see kernels.h for what may not be
// in here.
#if defined(__x86_64__)
#include <immintrin.h>

namespace headscope::kernels {
namespace {

constexpr int kRowTile = 6;     // 6 x 4 sums, 4 weights and an input of 32 registers
constexpr int kColumnVecs = 4;  // a whole panel
constexpr int kQueryTile = 8;
constexpr int kKeyVecs = 3;
constexpr int kValueVecs = 2;
constexpr int kProductRows = 8;  // 8 x 3 sums, 3 vectors of b and an element of a
constexpr int kProductVecs = 3;
#define HEADSCOPE_TILE_ROWS 1, 2, 3, 4, 5, 6
#define HEADSCOPE_QUERY_ROWS 1, 2, 3, 4, 5, 6, 7, 8
#define HEADSCOPE_PRODUCT_ROWS 1, 2, 3, 4, 5, 6, 7, 8

#include "core/kernels/simd_avx512.inl"
//
#include "core/kernels/math_body.inl"
//
#include "core/kernels/attention_body.inl"
#include "core/kernels/linear_body.inl"
#include "core/kernels/product_body.inl"

}  // namespace

const Table kAvx512Table{"avx512",          kLanes,      linear_panels,  product,
                         attention_scratch, attend_rows, activate_values};

}  // namespace headscope::kernels
#endif
