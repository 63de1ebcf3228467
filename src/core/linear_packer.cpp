#include "core/linear_packer.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "core/packed_weights.h"
#include "core/thread_pool.h"
#include "core/weight_source.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace headscope {
namespace {

constexpr int kColumns = kernels::kPanelWidth;
constexpr std::size_t kLineBytes = 64;
/// Fresh memory comes in pages of this size where the system has them.
constexpr std::size_t kFreshPage = std::size_t{2} << 20;

/// Weights of one square that is turned at once: as many as fill a small vector.
template <class Element>
constexpr int kSquare = static_cast<int>(16 / sizeof(Element));

#if defined(__SSE2__)

/// to[k * kColumns + row] = from[row * stride + k] for a square.
void turn_square(const float* from, std::ptrdiff_t stride, float* to) {
  __m128 a = _mm_loadu_ps(from), b = _mm_loadu_ps(from + stride);
  __m128 c = _mm_loadu_ps(from + 2 * stride), d = _mm_loadu_ps(from + 3 * stride);
  _MM_TRANSPOSE4_PS(a, b, c, d);
  _mm_storeu_ps(to, a);
  _mm_storeu_ps(to + kColumns, b);
  _mm_storeu_ps(to + 2 * kColumns, c);
  _mm_storeu_ps(to + 3 * kColumns, d);
}

void turn_square(const std::uint16_t* from, std::ptrdiff_t stride, std::uint16_t* to) {
  __m128i rows[8], pairs[8], fours[8];
  for (int i = 0; i < 8; ++i) rows[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i * stride));
  for (int i = 0; i < 4; ++i) {
    pairs[2 * i] = _mm_unpacklo_epi16(rows[2 * i], rows[2 * i + 1]);
    pairs[2 * i + 1] = _mm_unpackhi_epi16(rows[2 * i], rows[2 * i + 1]);
  }
  for (int half = 0; half < 2; ++half) {
    const __m128i* p = pairs + 4 * half;
    __m128i* f = fours + 4 * half;
    f[0] = _mm_unpacklo_epi32(p[0], p[2]);
    f[1] = _mm_unpackhi_epi32(p[0], p[2]);
    f[2] = _mm_unpacklo_epi32(p[1], p[3]);
    f[3] = _mm_unpackhi_epi32(p[1], p[3]);
  }
  for (int i = 0; i < 4; ++i) {
    const __m128i low = _mm_unpacklo_epi64(fours[i], fours[4 + i]);
    const __m128i high = _mm_unpackhi_epi64(fours[i], fours[4 + i]);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + (2 * i) * kColumns), low);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + (2 * i + 1) * kColumns), high);
  }
}

#else

template <class Element>
void turn_square(const Element* from, std::ptrdiff_t stride, Element* to) {
  for (int k = 0; k < kSquare<Element>; ++k) {
    for (int row = 0; row < kSquare<Element>; ++row) to[k * kColumns + row] = from[row * stride + k];
  }
}

#endif

/// Rows of weights become columns of one panel, a cache line of each row at a time: more rows than a cache
/// set has places may lie a power of two apart.
///   rows   [n_rows, n_in]
///   panel  [n_in, kColumns], at the first row's column
template <class Element>
void turn_rows(const Element* rows, int n_rows, int n_in, Element* panel) {
  constexpr int kLine = static_cast<int>(kLineBytes / sizeof(Element));
  constexpr int kSide = kSquare<Element>;
  for (int in = 0; in < n_in; in += kLine) {
    const int end = std::min(n_in, in + kLine);
    for (int row = 0; row < n_rows; row += kSide) {
      const Element* from = rows + static_cast<std::ptrdiff_t>(row) * n_in;
      int k = in;
      if (row + kSide <= n_rows) {
        for (; k + kSide <= end; k += kSide) turn_square(from + k, n_in, panel + k * kColumns + row);
      }
      for (; k < end; ++k) {
        for (int i = 0; i < std::min(kSide, n_rows - row); ++i)
          panel[k * kColumns + row + i] = from[static_cast<std::ptrdiff_t>(i) * n_in + k];
      }
    }
  }
}

template <class Element>
void put_rows(const Element* rows, int first, int n, PackedWeights& packed) {
  auto* panels = reinterpret_cast<Element*>(packed.panels.data());
  for (int row = 0; row < n;) {
    const int column = (first + row) % kColumns, n_here = std::min(n - row, kColumns - column);
    const std::ptrdiff_t panel = (first + row) / kColumns;
    turn_rows(rows + static_cast<std::ptrdiff_t>(row) * packed.n_in, n_here, packed.n_in,
              panels + panel * packed.n_in * kColumns + column);
    row += n_here;
  }
}

template <class Element>
void put_columns(const Element* rows, int first, int n, int n_in, int n_out, Element* panels) {
  for (int column = 0; column < n_out;
       column += kColumns, panels += static_cast<std::ptrdiff_t>(n_in) * kColumns) {
    const int width = std::min(kColumns, n_out - column);
    Element* to = panels + static_cast<std::ptrdiff_t>(first) * kColumns;
    const Element* from = rows + column;
    for (int row = 0; row < n; ++row, to += kColumns, from += n_out) {
      if (width == kColumns) {
        std::copy_n(from, kColumns, to);
      } else {
        std::fill(std::copy_n(from, width, to), to + kColumns, Element{});
      }
    }
  }
}

/// The system clears a page of fresh memory when it is first touched: all threads share that, none waits for
/// another one's page.
void touch_pages(AlignedBuffer& memory, ThreadPool& pool) {
  const std::size_t step = kFreshPage / sizeof(float);
  pool.parallel_for(static_cast<int>((memory.size() + step - 1) / step), [&](int page) {
    *static_cast<volatile float*>(memory.data() + static_cast<std::size_t>(page) * step) = 0.0f;
  });
}

}  // namespace

void turn_into_panel(WeightStorage storage, const void* rows, int n_rows, int n_in, int column, void* panel) {
  if (storage == WeightStorage::F32) {
    turn_rows(static_cast<const float*>(rows), n_rows, n_in, static_cast<float*>(panel) + column);
  } else {
    turn_rows(static_cast<const std::uint16_t*>(rows), n_rows, n_in,
              static_cast<std::uint16_t*>(panel) + column);
  }
}

void copy_into_panels(WeightStorage storage, const void* weights, int first, int n, int n_in, int n_out,
                      void* panels) {
  if (storage == WeightStorage::F32) {
    put_columns(static_cast<const float*>(weights), first, n, n_in, n_out, static_cast<float*>(panels));
  } else {
    put_columns(static_cast<const std::uint16_t*>(weights), first, n, n_in, n_out,
                static_cast<std::uint16_t*>(panels));
  }
}

LinearPacker::LinearPacker(int n_out, int n_in, WeightStorage storage, ThreadPool* pool)
    : packed_(std::make_shared<PackedWeights>()) {
  packed_->n_in = n_in;
  packed_->n_out = n_out;
  packed_->n_panels = (n_out + kColumns - 1) / kColumns;
  packed_->storage = storage;
  const std::size_t panel_floats =
      static_cast<std::size_t>(n_in) * kColumns * bytes_of(storage) / sizeof(float);
  packed_->panels = AlignedBuffer(panel_floats * static_cast<std::size_t>(packed_->n_panels));
  packed_->bias = AlignedBuffer(static_cast<std::size_t>(packed_->n_panels) * kColumns);
  if (pool) touch_pages(packed_->panels, *pool);
  if (n_out % kColumns != 0)
    std::fill_n(packed_->panels.data() + packed_->panels.size() - panel_floats, panel_floats, 0.0f);
}

void LinearPacker::put_outputs(int first, int n, const void* weights) {
  assert(first >= 0 && first + n <= packed_->n_out);
  if (packed_->storage == WeightStorage::F32) {
    put_rows(static_cast<const float*>(weights), first, n, *packed_);
  } else {
    // Two bytes are two bytes, whatever they stand for. The buffer holds no floats.
    put_rows(static_cast<const std::uint16_t*>(weights), first, n, *packed_);
  }
}

void LinearPacker::put_inputs(int first, int n, const void* weights) {
  assert(first >= 0 && first + n <= packed_->n_in);
  copy_into_panels(packed_->storage, weights, first, n, packed_->n_in, packed_->n_out,
                   packed_->panels.data());
}

PackedLinear LinearPacker::finish(const float* bias) {
  std::fill_n(packed_->bias.data(), packed_->bias.size(), 0.0f);
  if (bias) std::copy_n(bias, packed_->n_out, packed_->bias.data());
  packed_->in_memory.store(packed_->panels.data(), std::memory_order_release);
  return PackedLinear(std::move(packed_));
}

}  // namespace headscope
