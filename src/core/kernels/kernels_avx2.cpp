#include "core/kernels/kernels.h"

// Compiled with AVX2 and FMA whatever the rest of the program is compiled with; see kernels.h for what may
// not be in here.
#if defined(__x86_64__)
#include <immintrin.h>

namespace headscope::kernels {
namespace {

constexpr int kRowTile = 6;     // 6 x 2 sums, 2 weights and an input of 16 registers
constexpr int kColumnVecs = 2;  // a quarter of a panel
constexpr int kQueryTile = 4;
constexpr int kKeyVecs = 3;
constexpr int kValueVecs = 2;
constexpr int kProductRows = 4;  // 4 x 3 sums, 3 vectors of b and an element of a
constexpr int kProductVecs = 3;
#define HEADSCOPE_TILE_ROWS 1, 2, 3, 4, 5, 6
#define HEADSCOPE_QUERY_ROWS 1, 2, 3, 4
#define HEADSCOPE_PRODUCT_ROWS 1, 2, 3, 4

#include "core/kernels/simd_avx2.inl"
//
#include "core/kernels/math_body.inl"
//
#include "core/kernels/attention_body.inl"
#include "core/kernels/linear_body.inl"
#include "core/kernels/product_body.inl"

}  // namespace

const Table kAvx2Table{"avx2",      kLanes,         linear_panels, product, attention_scratch,
                       attend_rows, activate_values};

}  // namespace headscope::kernels
#endif
