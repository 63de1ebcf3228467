#include "core/kernels/kernels.h"

namespace headscope::kernels {
namespace {

constexpr int kRowTile = 4;
constexpr int kColumnVecs = 2;
constexpr int kQueryTile = 4;
constexpr int kKeyVecs = 2;
constexpr int kValueVecs = 2;
constexpr int kProductRows = 4;
constexpr int kProductVecs = 2;
#define HEADSCOPE_TILE_ROWS 1, 2, 3, 4
#define HEADSCOPE_QUERY_ROWS 1, 2, 3, 4
#define HEADSCOPE_PRODUCT_ROWS 1, 2, 3, 4

#include "core/kernels/simd_portable.inl"
//
#include "core/kernels/math_body.inl"
//
#include "core/kernels/attention_body.inl"
#include "core/kernels/linear_body.inl"
#include "core/kernels/product_body.inl"

}  // namespace

const Table kPortableTable{"portable",        kLanes,      linear_panels,  product,
                           attention_scratch, attend_rows, activate_values};

}  // namespace headscope::kernels
